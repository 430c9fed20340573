#!/usr/bin/env bash
# Measures the functions as Lambda would start them, on one core, beside the least that a function in C# can be.
#
#   bench/coldstart.sh [runs]      20 by default; prints two tables of medians
#
# The functions are those of artifacts/*-x64.zip, made by eng/publish-lambda.sh when they are not there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

[[ -f artifacts/api-x64.zip && -f artifacts/worker-x64.zip ]] || eng/publish-lambda.sh x64 >&2
dotnet publish bench/HelloHost --configuration Release --runtime linux-x64 -p:PublishAot=true --artifacts-path artifacts/hello-host/build --output artifacts/hello-host >&2
dotnet build bench/ColdStart --configuration Release >&2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for function in api worker; do
    unzip -q "artifacts/$function-x64.zip" -d "$work/$function"
done

dotnet run --no-build --configuration Release --project bench/ColdStart -- \
    "${1:-20}" "$PWD/artifacts/hello-host/hello-host" "$work/api/bootstrap" "$work/worker/bootstrap"
