#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# Runs one case on one machine and compares with Linux: prints one "ok" or "not ok" line, and after the latter what differs.
#   job.sh CASE GO LINK CPUS       GO is "c" for the C programs, LINK is plain or stripped
#   job.sh expect CASE GO          records what the case does under qemu-user, unless that is known already
# MAZBOOT is the command to test, ./mazboot unless set. PERTURB is a seed of random preemption. The time-out is for hangs alone: many times what a run takes on a busy machine.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/programs/lib.sh
. tests/programs/lib.sh

binary_of() { # GO LINK
    if [ "$1" = c ]; then echo "$programs/c/$program"; else echo "$programs/$1/$2/$program"; fi
}

# Linux's behaviour, by user-mode emulation: the same for plain and stripped.
expect() { # CASE GO
    local dir=$programs/expected/$2/$1 binary
    read_case "$1" || return
    binary=$(binary_of "$2" plain)
    [ "$dir/status" -nt "$binary" ] && [ "$dir/status" -nt tests/programs/cases ] && return
    captured "$dir" "$(nproc)" env -i PATH=/usr/bin HOME=/root "${environment[@]}" timeout "${EXPECT_SECONDS:-120}" qemu-aarch64 "$binary"
}

# differences EXPECTED GOT: empty when the run was right.
differences() {
    local file
    cmp -s "$1/status" "$2/status" || echo "exit status $(cat "$2/status") instead of $(cat "$1/status")"
    for file in out err; do
        cmp -s "$1/$file" "$2/$file" && continue
        echo "std$file differs (- Linux, + here):"
        diff -a -U1 "$1/$file" "$2/$file" | sed 1,2d | cut -c1-120 | cat -v | head -n 16
    done
}

run() { # CASE GO LINK CPUS
    local name="programs $1 $2 $3 smp $4" dir=$programs/got/$2.$3.$4/$1 wrong variable options=()
    read_case "$1" || return
    for variable in "${environment[@]}"; do options+=(-e "$variable"); done
    if [ -n "${PERTURB:-}" ]; then options+=(--kernel full --qemu-arg -append --qemu-arg "perturb=$PERTURB"); fi
    captured "$dir" "$4" "${MAZBOOT:-./mazboot}" run -smp "$4" --timeout 180s "${options[@]}" "$(binary_of "$2" "$3")"
    wrong=$(differences "$programs/expected/$2/$1" "$dir")
    if [ -z "$wrong" ]; then
        echo "ok $name"
        rm -rf "$dir"
    else
        printf 'not ok %s\n%s\n' "$name" "${wrong//$'\n'/$'\n    '}" | sed '2s/^/    /'
    fi
}

if [ "$1" = expect ]; then expect "$2" "$3"; else run "$@"; fi
