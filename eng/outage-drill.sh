#!/usr/bin/env bash
# Stops a real Prometheus with default settings for 30 minutes, or for the minutes told, while a client pushes the same series again and
# again, and looks for every push that was answered 202 afterwards. The ordinary test run does the same for some seconds.
#
#   eng/outage-drill.sh [minutes]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export PUSHGATEWAY_OUTAGE_SECONDS=$((${1:-30} * 60)) PUSHGATEWAY_REQUIRE_REAL=1
dotnet run --project tests/EndToEnd.Tests -- -method '*An_outage_of_the_target*' -noColor -showLiveOutput
