#!/usr/bin/env bash
# Compares the parsers of text and of JSON records with slow ones that read a rule after another, on valid bodies and on damaged ones.
#
#   eng/fuzz-parsers.sh [bodies]
#
# 10,000,000 unless told otherwise, a third of them valid text, damaged text and records each. Exit status 0 when all agreed.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
export PUSHGATEWAY_FUZZ_CASES=$(((${1:-10000000} + 2) / 3))
exec dotnet run --project tests/Core.Tests --configuration Release -- -showLiveOutput -noLogo \
    -class PushGateway.Formats.Text.ReferenceAgreementTests -class PushGateway.Core.Tests.Formats.Json.ReferenceRecordTests
