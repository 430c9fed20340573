#!/usr/bin/env bash
# Measures the one-machine gateway beside the real Pushgateway and VictoriaMetrics, each under the same load on this machine.
#
#   bench/compare.sh [matrix|memory|scaling]...     all three by default, in about seven minutes once published; prints Markdown
#
# stderr: progress. bench/README.md says what the figures mean.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

fail() { printf 'compare: %s\n' "$*" >&2; exit 1; }

declare -A real
while read -r name path; do
    real[$name]=$path
done < <(eng/real-components.sh)
for name in pushgateway victoria-metrics wrk; do
    [[ ${real[$name]} == /* ]] || fail "no $name ${real[$name]}"
done

# Apart from the ordinary build, which stays as it is. Native AOT needs a C compiler and is left out without one.
out=$PWD/artifacts/compare
dotnet publish src/Api --configuration Release --artifacts-path "$out/build" --output "$out/api" >&2
native=-
if command -v gcc >/dev/null; then
    dotnet publish src/Api --configuration Release --use-current-runtime -p:PublishAot=true --artifacts-path "$out/build-aot" --output "$out/api-aot" >&2
    native=$out/api-aot/PushGateway.Api
fi
dotnet build bench/Compare --configuration Release >&2

# wrk's LuaJIT lies beside it.
luajit=$(find "${real[wrk]%/bin/wrk}/lib" -name 'libluajit-5.1.so.2')
export LD_LIBRARY_PATH=${luajit%/*}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

first_line() { "$@" 2>&1 | grep -m 1 .; }

# Debian builds VictoriaMetrics without its version.
victoria=$(zcat "${real[victoria-metrics]%/bin/*}/share/doc/victoria-metrics/changelog.Debian.gz" | head -n 1 | cut -d ' ' -f 1-2)
cat <<EOF
- $(date --utc '+%F %H:%M') UTC, $(nproc) × $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), load $(cut -d ' ' -f 1-3 /proc/loadavg) before
- gateway $(git describe --always --dirty 2>/dev/null || echo '?'), .NET SDK $(dotnet --version), published with \`dotnet publish -c Release\`
- $(first_line "${real[pushgateway]}" --version)
- $victoria
- $(first_line "${real[wrk]}" --version | cut -d ' ' -f 1-2)
EOF

bench/Compare/bin/Release/net10.0/compare "$work" "${real[wrk]}" bench/Compare/load.lua \
    "$out/api/PushGateway.Api" "$native" "${real[pushgateway]}" "${real[victoria-metrics]}" "$@"
