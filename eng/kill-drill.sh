#!/usr/bin/env bash
# Kills the one-machine gateway with SIGKILL, 200 times or as often as told, while clients push to it, and looks for every
# push that was answered 202 in a real Prometheus afterwards. The ordinary test run does the same with fewer kills.
#
#   eng/kill-drill.sh [kills]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export PUSHGATEWAY_KILLS=${1:-200} PUSHGATEWAY_REQUIRE_REAL=1
dotnet run --project tests/EndToEnd.Tests -- -class '*KillTests' -showLiveOutput
