# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts beside it, from anywhere: what is built goes to $built, scratch is in $tmp. `same` and `ok` report.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
built=build/volume
mazboot=${MAZBOOT:-$PWD/mazboot}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$built"
failures=0

# report NAME STATUS
report() {
    if [ "$2" = 0 ]; then
        echo "ok $1"
    else
        echo "not ok $1"
        failures=$((failures + 1))
    fi
}

# same NAME EXPECTED-FILE GOT-FILE
same() {
    diff -a "$2" "$3" >"$tmp/diff"
    local status=$?
    head -n 20 "$tmp/diff"
    report "$1" $status
}

# listing FOLDER: names, kinds, modes, links, sizes, owners and contents of all that is in it
listing() {
    (
        cd "$1" || exit 1
        find . ! -type d -printf '%P %y %m %n %s %U %G %l\n' -o -printf '%P %y %m %U %G\n' | sort
        find . -type f -size -50M -exec sha256sum {} + | sort -k 2
    )
}

# ended: to be called last
ended() {
    exit $((failures > 0))
}
