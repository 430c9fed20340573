#!/usr/bin/env bash
# Says where the time of a function's start goes: milliseconds from one step to the next, as the kernel sees them (uprobes).
#
#   bench/start-phases.sh [runs]      20 by default; prints a table of medians for Api and for Worker
#
# Needs root and a kernel with uprobes. The functions are those that eng/publish-lambda.sh x64 has left in artifacts/lambda.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

fail() { printf 'start-phases: %s\n' "$*" >&2; exit 1; }

((EUID == 0)) || fail "only root may set probes"
tracing=/sys/kernel/tracing
[[ -e $tracing/uprobe_events ]] || mount -t tracefs tracefs "$tracing" || fail "the kernel has no uprobes"
for function in api worker; do
    [[ -f artifacts/lambda/$function-x64/bootstrap ]] || eng/publish-lambda.sh x64 >&2
done
dotnet publish bench/HelloHost --configuration Release --runtime linux-x64 -p:PublishAot=true --artifacts-path artifacts/hello-host/build --output artifacts/hello-host >&2
dotnet build bench/ColdStart --configuration Release >&2

exec python3 bench/start_phases.py "$tracing" "${1:-20}" \
    bench/ColdStart/bin/Release/net10.0/cold-start "$PWD/artifacts/hello-host/hello-host" artifacts/lambda
