#!/usr/bin/env bash
# Sends the cases of tests/EndToEnd.Tests/Conformance/cases.txt to a real Pushgateway and to the one-machine gateway, and
# prints how many are answered alike, and every difference.
#
#   eng/conformance.sh            exit status 1 when a difference is not in docs/pushgateway.md, or one there is gone
#   eng/conformance.sh --record   writes the real answers to the golden file that the ordinary test run compares with
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

export PUSHGATEWAY_REQUIRE_REAL=1
tests=PushGateway.EndToEnd.Tests.Conformance.ConformanceTests
case ${1:-} in
--record)
    export PUSHGATEWAY_RECORD_CONFORMANCE=1
    method=$tests.The_golden_file_is_what_a_Pushgateway_answers
    ;;
'')
    export PUSHGATEWAY_LIVE_CONFORMANCE=1
    method=$tests.Every_difference_from_a_Pushgateway_is_documented_and_every_documented_difference_is_there
    ;;
*)
    printf 'usage: eng/conformance.sh [--record]\n' >&2
    exit 2
    ;;
esac

dotnet run --project tests/EndToEnd.Tests -- -method "$method" -noColor -noLogo -showLiveOutput |
    sed -u -e 's/^.*\[OUTPUT\] //' -e '/^  *\(Discover\|Start\|Finish\)[a-z]*: /d'
