#!/usr/bin/env bash
# Sends messages through the Lambda functions under the emulator while everything goes wrong that can: crashes, hangs, timeouts, 429, 5xx,
# cut connections, duplicates. Then looks for every one of them, in a real Prometheus or in the dead-letter queue, and prints the count.
# The ordinary test run does the same with fewer messages.
#
#   eng/drill.sh [messages] [seed]
#
# 10000 messages, half of them for either way of delivery, and the seed of the test unless told otherwise; with fewer than some 500, what
# has to go wrong may not. Exit status 0 when none is lost.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export PUSHGATEWAY_DRILL_MESSAGES=${1:-10000} PUSHGATEWAY_DRILL_SEED=${2:-} PUSHGATEWAY_REQUIRE_REAL=1
case $(uname -m) in aarch64) arch=arm64 ;; *) arch=x64 ;; esac
eng/publish-lambda.sh "$arch"
dotnet run --project tests/EndToEnd.Tests -- -class '*LossDrillTests' -noColor -showLiveOutput
