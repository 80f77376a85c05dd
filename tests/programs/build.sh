#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# Builds the test programs: build/programs/GO/{plain,stripped}/NAME with every Go, build/programs/c/NAME with the cross gcc.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=tests/programs/lib.sh
. tests/programs/lib.sh

# up_to_date STAMP SOURCES...: nothing among SOURCES is newer than STAMP.
up_to_date() {
    [ -e "$1" ] && [ -z "$(find "${@:2}" -newer "$1" -print -quit)" ]
}

# build_go NAME PATH: the go line of the module is this Go's own version, so that no behaviour of an older one is chosen.
build_go() {
    local dir=$PWD/$programs/$1 go=$2
    up_to_date "$dir/stamp" tests/programs/go && return
    mkdir -p "$dir/plain" "$dir/stripped"
    printf 'module programs\n\ngo %s\n' "${1#go}" >"$dir/go.mod"
    export GOTOOLCHAIN=local GOFLAGS=-mod=mod GOOS=linux GOARCH=arm64 CGO_ENABLED=0
    (cd tests/programs/go &&
        "$go" build -trimpath -modfile "$dir/go.mod" -o "$dir/plain/" ./... &&
        "$go" build -trimpath -modfile "$dir/go.mod" -ldflags '-s -w' -o "$dir/stripped/" ./...)
    touch "$dir/stamp"
}

build_c() {
    local source
    up_to_date $programs/c/stamp tests/programs/c && return
    mkdir -p $programs/c
    for source in tests/programs/c/*.c; do
        aarch64-linux-gnu-gcc -O2 -g -D_GNU_SOURCE -Wall -Wextra -Werror -static -pthread -o "$programs/c/$(basename "$source" .c)" "$source"
    done
    touch $programs/c/stamp
}

list_gos | while read -r name path; do build_go "$name" "$path"; done
if [ "${1:-}" = c ]; then build_c; fi
