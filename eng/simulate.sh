#!/usr/bin/env bash
# Runs the simulation of delivery with 100,000 seeds, or as many as told, from seed 1 or the one told. The ordinary test run does the same
# with the first thousand. A seed that fails is named; `PUSHGATEWAY_SIMULATE=seed dotnet run --project tests/Simulation` runs it alone.
#
#   eng/simulate.sh [seeds] [first]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export PUSHGATEWAY_SIMULATE="${2:-1} ${1:-100000}"
dotnet run -c Release --project tests/Simulation -- -class '*SeedTests' -noColor
