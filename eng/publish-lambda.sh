#!/usr/bin/env bash
# Publishes Api and Worker as Lambda functions for the runtime provided.al2023: Native AOT, one zip for each and for each
# architecture that this machine can link for.
#
#   eng/publish-lambda.sh [x64|arm64]...
#
# Makes artifacts/api-<arch>.zip and artifacts/worker-<arch>.zip, and prints their sizes. Installs nothing: it says what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

# What Amazon Linux 2023 has.
readonly glibc=2.34

# Bytes; Lambda reads the zip in before anything runs.
declare -A budget=([api]=$((12 << 20)) [worker]=$((8 << 20)))

fail() { printf 'publish-lambda: %s\n' "$*" >&2; exit 1; }

for tool in readelf zip; do
    command -v "$tool" >/dev/null || fail "$tool is missing (Debian, Ubuntu: apt-get install binutils zip)"
done

# The C compiler that links for an architecture, which has to be a cross compiler on a machine of another.
compiler() {
    case $1-$(uname -m) in
        x64-x86_64 | arm64-aarch64) echo gcc ;;
        x64-*) echo x86_64-linux-gnu-gcc ;;
        arm64-*) echo aarch64-linux-gnu-gcc ;;
        *) fail "\"$1\" is neither x64 nor arm64" ;;
    esac
}

# A linker for Native AOT. To a cross compiler it names the target as clang wants it, which gcc knows by its name and does not understand.
linker() {
    local path=$PWD/artifacts/lambda/$1
    mkdir -p "$(dirname "$path")"
    printf '%s\n' '#!/usr/bin/env bash' 'arguments=()' \
        'for argument in "$@"; do [[ $argument == --target=* ]] || arguments+=("$argument"); done' \
        "exec $1 \"\${arguments[@]}\"" >"$path"
    chmod 755 "$path"
    echo "$path"
}

# No symbol of a glibc that the function would not find. Whatever has no plain number is newer.
check_glibc() {
    local version
    while read -r version; do
        [[ $version =~ ^GLIBC_[0-9.]+$ && $(printf '%s\n' "${version#GLIBC_}" "$glibc" | sort -V | tail -n 1) == "$glibc" ]] ||
            fail "$1 needs $version, and Amazon Linux 2023 has glibc $glibc"
    done < <(readelf --version-info --wide "$1" | grep -o 'GLIBC_[A-Z0-9_.]*' | sort -u)
}

publish() {
    local project=$1 arch=$2 cc=$3
    shift 3
    local name=${project,,} size
    local out=artifacts/lambda/$name-$arch zip=artifacts/$name-$arch.zip

    # Apart from the ordinary build, which stays as it is.
    dotnet publish "src/$project" --configuration Release --runtime "linux-$arch" --artifacts-path "artifacts/lambda/build" \
        --output "$out" -p:PublishAot=true -p:CppCompilerAndLinker="$(linker "$cc")" -p:ObjCopyName="${cc%gcc}objcopy" -warnaserror
    mv "$out/PushGateway.$project" "$out/bootstrap"
    chmod 755 "$out/bootstrap"
    check_glibc "$out/bootstrap"

    rm -f "$zip"
    (cd "$out" && zip -q -X -9 "../../../$zip" bootstrap "$@")
    size=$(stat -c %s "$zip")
    printf '%s %s bytes, of %s\n' "$zip" "$size" "${budget[$name]}"
    ((size <= budget[$name])) || fail "$zip is over its budget"
}

if (($# == 0)); then
    for arch in x64 arm64; do
        if command -v "$(compiler "$arch")" >/dev/null; then
            set -- "$@" "$arch"
        else
            printf 'publish-lambda: no %s: %s is missing (Debian, Ubuntu: apt-get install gcc-%s-linux-gnu)\n' \
                "$arch" "$(compiler "$arch")" "$([[ $arch == x64 ]] && echo x86-64 || echo aarch64)" >&2
        fi
    done
    (($# > 0)) || fail "there is no C compiler to link with (Debian, Ubuntu: apt-get install gcc)"
fi

for arch in "$@"; do
    cc=$(compiler "$arch")
    command -v "$cc" >/dev/null || fail "$cc is missing (Debian, Ubuntu: apt-get install gcc, or gcc-aarch64-linux-gnu and gcc-x86-64-linux-gnu)"
    publish Api "$arch" "$cc"
    publish Worker "$arch" "$cc" collector.yaml
done
