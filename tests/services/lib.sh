# shellcheck shell=bash disable=SC2034
# Sourced by the scripts beside it: the programs of tests/services, built; ports that are free; a server started on the host's own Linux or in a
# machine, ended with the script.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
# shellcheck source=tests/programs/lib.sh
. tests/programs/lib.sh
tmp=$(mktemp -d) || exit 1
built=build/test/services
failures=0 server=''
trap 'stop; rm -rf "$tmp"' EXIT

# same NAME EXPECTED GOT
same() {
    if [ "$2" = "$3" ]; then
        echo "ok $1"
    else
        printf -- '--- expected\n%s\n--- got\n%s\n' "$2" "$3"
        echo "not ok $1"
        failures=$((failures + 1))
    fi
}

# build MODULE PACKAGE NAME ARCH: a static program, at $built/NAME.ARCH
build() {
    local go
    go=$(list_gos | head -n 1 | cut -d' ' -f2)
    mkdir -p $built
    (cd "$1" && GOTOOLCHAIN=local GOOS=linux GOARCH=$4 CGO_ENABLED=0 "$go" build -trimpath -o "$OLDPWD/$built/$3.$4" "$2") ||
        { echo "not ok build $3"; exit 1; }
}
host_arch=$(case $(uname -m) in x86_64) echo amd64 ;; aarch64) echo arm64 ;; *) uname -m ;; esac)
drive=$built/drive.$host_arch

# started OUT: waits until the server has said that it serves, in the file OUT
started() {
    local i
    for ((i = 0; i < 2400; i++)); do
        grep -qsE '^serving|END CERTIFICATE' "$1" && return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    echo "the server did not start:"
    tail -n 20 "$1" "$1.err"
    echo "not ok start $(basename "$1")"
    failures=$((failures + 1))
    return 1
}

# start OUT COMMAND...: starts a server whose outputs go to OUT and OUT.err, and waits for it
start() {
    local out=$1
    shift
    : >"$out" # what another one said there is no word of this one
    "$@" </dev/null >"$out" 2>"$out.err" &
    server=$!
    started "$out"
}

# stop: ends it as a service manager would
stop() {
    [ -n "$server" ] || return 0
    kill "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    status=$?
    server=''
}

# free_ports N: sets the array ports
free_ports() {
    mapfile -t ports < <($drive ports "$1")
}

ended() {
    exit $((failures > 0))
}
