#!/usr/bin/env bash
# Sends random mutations of valid pushes to the gateway, in one process, and says how they were answered.
#
#   eng/fuzz.sh [cases] [seed]
#
# 100000 cases and the seed of the test unless told otherwise. Exit status 0 when every one was accepted or explained.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
export PUSHGATEWAY_FUZZ_CASES=${1:-100000}
export PUSHGATEWAY_FUZZ_SEED=${2:-}
exec dotnet run --project tests/Api.Tests --configuration Release -- -class PushGateway.Api.Tests.Fuzz.FuzzTests -showLiveOutput -noLogo
