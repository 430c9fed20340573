#!/usr/bin/env bash
# Fetches the real servers and clients that the tests compare with, once, without root and without touching the system.
#
#   eng/real-components.sh
#
# stdout: one line per component, either `name path` or `name - reason` when it cannot be had on this machine.
# stderr: progress. Exit status 0 in both cases: a test that needs a missing component skips with the reason.
#
# Everything lands in .cache/real at the repository root, or in $PUSHGATEWAY_REAL_CACHE. The stamp there is keyed on
# this script and the npm locks, so a repeated run only prints. Runs in parallel wait for one another.
# An incomplete result is kept for ten minutes, so that a machine without network does not wait for it in every test
# process; with PUSHGATEWAY_REQUIRE_REAL=1 it is never kept.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cache=${PUSHGATEWAY_REAL_CACHE:-$here/../.cache/real}
mkdir -p -- "$cache"
cache=$(cd -- "$cache" && pwd)

key=$(cat -- "$here/real-components.sh" "$here"/{node,cdk}/package{,-lock}.json | sha256sum)
key=${key%% *}
stamp=$cache/stamp-$key

log() { printf 'real-components: %s\n' "$*" >&2; }

# Prints the stamp and succeeds when it still holds: every path in it exists, and nothing missing is due for a retry.
print_stamp() {
    [[ -f $stamp ]] || return 1
    local name path complete=1
    while read -r name path; do
        if [[ $path == -* ]]; then
            complete=0
        elif [[ ! -e $path ]]; then
            return 1
        fi
    done <"$stamp"
    if ((complete == 0)); then
        [[ ${PUSHGATEWAY_REQUIRE_REAL:-} != 1 && -n $(find "$stamp" -mmin -10) ]] || return 1
    fi
    cat -- "$stamp"
}

if print_stamp; then
    exit 0
fi

if ! command -v flock >/dev/null; then
    log 'flock is not installed; runs in parallel are not held apart'
else
    exec 9>"$cache/lock"
    flock 9
    if print_stamp; then
        exit 0
    fi
fi

# Under the lock no other run has a work folder: what is there was left by a killed one.
rm -rf -- "$cache"/work.??????
work=$(mktemp -d -- "$cache/work.XXXXXX")
trap 'rm -rf -- "$work"' EXIT

# ---- Debian packages ------------------------------------------------------------------------------------------------

machine_keyring=
for candidate in /usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-keyring.pgp; do
    if [[ -r $candidate ]]; then
        machine_keyring=$candidate
        break
    fi
done

# The mirrors that this machine's own apt is set up with; --no-release-info lists them before any `apt-get update`.
# shellcheck disable=SC2016 # $(REPO_URI) is apt's to expand.
mirrors() {
    apt-get indextargets --no-release-info --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | awk '!seen[$0]++'
}

# apt with lists, archives and sources of its own. The machine's proxy settings still apply, its hooks, pins and
# sources do not.
apt_private() { # <suite> <command> <arguments…>
    local suite=$1 tool=$2
    shift 2
    "$tool" -c "$work/$suite/apt.conf" "$@"
}

update_suite_with() { # <suite> <mirror> <keyring>
    local suite=$1 mirror=$2 keyring=$3 root=$work/$1
    rm -rf -- "$root"
    mkdir -p -- "$root/lists/partial" "$root/cache/archives/partial" "$root/empty" "$root/log"
    cat >"$root/apt.conf" <<EOF
Dir::Etc::sourcelist "$root/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "$root/empty";
Dir::State::Lists "$root/lists";
Dir::Cache "$root/cache";
Dir::Log "$root/log";
APT::Sandbox::User "";
Acquire::Retries "3";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
APT::Update::Error-Mode "any";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
EOF
    local options='target=Packages lang=none'
    if [[ -n $keyring ]]; then
        options="signed-by=$keyring $options"
    fi
    printf 'deb [%s] %s %s main\n' "$options" "$mirror" "$suite" >"$root/sources.list"
    apt_private "$suite" apt-get -qq update >>"$root/log/update" 2>&1
}

# A suite newer than the machine may be signed by a key that the machine does not have yet. Debian publishes new keys
# in the keyring package of suites signed by old ones, so the chain of trust is followed, never skipped.
update_suite() { # <suite>
    local suite=$1 mirror older keyring
    if [[ -f $work/$suite/updated ]]; then
        return 0
    fi
    while read -r mirror; do
        log "reading the package list of $suite"
        if update_suite_with "$suite" "$mirror" "$machine_keyring"; then
            touch -- "$work/$suite/updated"
            return 0
        fi
        if ! grep -q 'NO_PUBKEY\|not signed\|EXPKEYSIG' "$work/$suite/log/update"; then
            continue
        fi
        for older in bookworm trixie; do
            [[ $older != "$suite" ]] || break
            if update_suite_with "$older" "$mirror" "$machine_keyring" &&
                extract "$older" debian-archive-keyring "$work/keyring-$older"; then
                keyring=$(find "$work/keyring-$older/usr/share/keyrings" -name 'debian-archive-keyring.[gp]*' | head -n 1)
                log "reading the package list of $suite with the keyring of $older"
                if update_suite_with "$suite" "$mirror" "$keyring"; then
                    touch -- "$work/$suite/updated"
                    return 0
                fi
            fi
        done
    done < <(mirrors)
    return 1
}

extract() { # <suite> <package> <folder>
    local suite=$1 package=$2 folder=$3 downloads
    downloads=$(mktemp -d -- "$work/deb.XXXXXX")
    log "downloading $package from $suite"
    (cd -- "$downloads" && apt_private "$suite" apt-get -qq download "$package/$suite") >&2 || return 1
    mkdir -p -- "$folder"
    dpkg -x "$downloads"/*.deb "$folder" || return 1
    rm -rf -- "$downloads"
}

# Extracts packages into one folder of the cache. The folder appears whole or not at all. Sets `reason` on failure.
have_packages() { # <folder name> <suites to try, in order> <packages…>
    local name=$1 suites=$2 suite package
    shift 2
    if [[ -d $cache/$key/$name ]]; then
        return 0
    fi
    if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
        reason='needs apt-get and dpkg'
        return 1
    fi
    for suite in $suites; do
        if ! update_suite "$suite"; then
            reason="the package list of Debian $suite cannot be had through this machine's apt mirror"
            continue
        fi
        rm -rf -- "$work/extract"
        for package in "$@"; do
            if ! extract "$suite" "$package" "$work/extract"; then
                reason="package $package cannot be downloaded from Debian $suite"
                continue 2
            fi
        done
        mkdir -p -- "$cache/$key"
        mv -- "$work/extract" "$cache/$key/$name"
        return 0
    done
    return 1
}

# ---- npm ------------------------------------------------------------------------------------------------------------

# Installs what eng/<folder>/package.json names into a folder of that name. Sets `reason` on failure.
have_node_modules() { # <folder>
    local folder=$1
    if [[ -d $cache/$key/$folder ]]; then
        return 0
    fi
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        reason='needs node and npm'
        return 1
    fi
    if (($(node -p 'process.versions.node.split(".")[0]') < 20)); then
        reason="needs Node 20 or later, this is $(node --version)"
        return 1
    fi
    log "npm ci of eng/$folder"
    mkdir -p -- "$work/$folder" "$cache/$key"
    cp -- "$here/$folder"/package{,-lock}.json "$work/$folder/"
    if ! (cd -- "$work/$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2; then
        reason='npm ci failed'
        return 1
    fi
    mv -- "$work/$folder" "$cache/$key/$folder"
}

# ---- the list -------------------------------------------------------------------------------------------------------

result=$work/result
emit() { # <name> <path>
    if [[ -e $2 ]]; then
        printf '%s %s\n' "$1" "$2" >>"$result"
    else
        printf '%s - not in the package where it was expected\n' "$1" >>"$result"
    fi
}
miss() { # <name> <reason>
    log "no $1: $2"
    printf '%s - %s\n' "$1" "$2" >>"$result"
}

root=$cache/$key
reason=

if have_packages prometheus trixie prometheus promtool; then
    emit prometheus "$root/prometheus/usr/bin/prometheus"
    emit promtool "$root/prometheus/usr/bin/promtool"
else
    miss prometheus "$reason"
    miss promtool "$reason"
fi

if have_packages victoria-metrics trixie victoria-metrics; then
    emit victoria-metrics "$root/victoria-metrics/usr/bin/victoria-metrics"
    emit vmagent "$root/victoria-metrics/usr/bin/vmagent"
else
    miss victoria-metrics "$reason"
    miss vmagent "$reason"
fi

# Not trixie: its 1.11.0 is not a release to compare with. bookworm's 1.5.1 is the last resort.
if have_packages pushgateway 'forky sid bookworm' prometheus-pushgateway; then
    emit pushgateway "$root/pushgateway/usr/bin/prometheus-pushgateway"
else
    miss pushgateway "$reason"
fi

# A load generator, for the benchmarks only. It is linked with the machine's OpenSSL 3 and a LuaJIT that lies beside it.
if have_packages wrk 'bookworm trixie' wrk libluajit-5.1-2; then
    emit wrk "$root/wrk/usr/bin/wrk"
else
    miss wrk "$reason"
fi

# The folder to put on PYTHONPATH. Debian's package needs python3-decorator beside it.
if have_packages python-client trixie python3-prometheus-client python3-decorator; then
    emit python-client "$root/python-client/usr/lib/python3/dist-packages"
else
    miss python-client "$reason"
fi

# The toolchain (GOROOT), and the client library with what it imports (GOPATH). These are listed one by one, because the
# package of the library depends on many times more, for its tests and for other libraries' tests.
if have_packages go trixie golang-1.24-go golang-1.24-src golang-github-prometheus-client-golang-dev \
    golang-github-prometheus-client-model-dev golang-github-prometheus-common-dev golang-github-prometheus-procfs-dev \
    golang-github-beorn7-perks-dev golang-github-cespare-xxhash-dev golang-github-munnerz-goautoneg-dev \
    golang-golang-x-sys-dev golang-google-protobuf-dev; then
    emit go "$root/go/usr/lib/go-1.24"
    emit go-client "$root/go/usr/share/gocode"
else
    miss go "$reason"
    miss go-client "$reason"
fi

# The folder to put on PYTHONPATH for botocore: the machine's own, or Debian's with what it imports.
if own=$(python3 -c 'import os, botocore; print(os.path.dirname(os.path.dirname(botocore.__file__)))' 2>/dev/null); then
    emit botocore "$own"
elif have_packages botocore trixie python3-botocore python3-jmespath python3-dateutil python3-urllib3 python3-six \
    python3-requests python3-certifi python3-idna python3-chardet; then
    emit botocore "$root/botocore/usr/lib/python3/dist-packages"
else
    miss botocore "$reason"
fi

if have_node_modules node; then
    emit fauxqs "$root/node/node_modules/fauxqs"
    emit dynalite "$root/node/node_modules/dynalite"
    emit node-client "$root/node/node_modules/prom-client"
else
    miss fauxqs "$reason"
    miss dynalite "$reason"
    miss node-client "$reason"
fi

# The CDK's command line, and cdk-nag.
if have_node_modules cdk; then
    emit cdk "$root/cdk/node_modules/aws-cdk/bin/cdk"
    emit cdk-nag "$root/cdk/node_modules/cdk-nag"
else
    miss cdk "$reason"
    miss cdk-nag "$reason"
fi

# The machine's own: Debian has no package of it.
if own=$(command -v cfn-lint); then
    emit cfn-lint "$own"
else
    miss cfn-lint 'it is not on PATH (pip install cfn-lint)'
fi

mv -- "$result" "$stamp"
cat -- "$stamp"

# What earlier versions of this script left behind, once no other worktree can be expected to use it.
find "$cache" -mindepth 1 -maxdepth 1 -name 'stamp-*' ! -name "$(basename -- "$stamp")" -mtime +7 -print0 |
    while IFS= read -r -d '' old; do
        rm -rf -- "$old" "${cache:?}/${old##*/stamp-}"
    done
