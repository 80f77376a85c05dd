#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bench/lib.sh assigns
# Guest instructions per operation, here and on Linux, by the same binary in the same QEMU.
#   bench/syscalls.sh [-g GO] [KERNEL...]
# Prints a table with the limits of bench/limits, and writes build/bench/syscalls.json.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=bench/lib.sh
. bench/lib.sh

go=go1.19
if [ "${1:-}" = -g ]; then go=$2; shift 2; fi
if [ $# -eq 0 ]; then mapfile -t wanted < <(kernels); set -- "${wanted[@]}"; fi

build() {
    local path
    path=$(list_gos | awk -v go="$go" '$1 == go { print $2 }')
    (cd bench/syscalls && GOTOOLCHAIN=local GOOS=linux GOARCH=arm64 CGO_ENABLED=0 "$path" build -trimpath -o "$PWD/../../$bench/syscalls" .)
}

# measure KERNEL: lines "KERNEL NAME FIGURE", separated by tabs.
measure() {
    local icount=1 extra=() command
    start_command "$1" $bench/syscalls 512 GODEBUG=asyncpreemptoff=1
    timeout 300 "${command[@]}" </dev/null 2>$bench/syscalls.stderr | tr -d '\r' | sed "/^measured/,\$d; s/^/$1\t/" | grep -a $'\t.*\t'
}

build
for kernel; do measure "$kernel" || echo "bench: $kernel ended early: $(tail -n 1 $bench/syscalls.stderr)" >&2; done >$bench/syscalls.lines

# One line an operation in the order of measuring: name, limit, a column for each kernel; a star on what is over its limit.
awk -F '\t' -v kernels="$*" '
    BEGIN { n = split(kernels, kernel, " "); printf "instructions per operation\tlimit"; for (i = 1; i <= n; i++) printf "\t%s", kernel[i]; print "" }
    FNR == NR { if ($0 !~ /^#/) limit[$1] = $2; next }
    { if (!($2 in seen)) { seen[$2]; order[++rows] = $2 } figure[$1, $2] = $3 }
    END {
        for (r = 1; r <= rows; r++) {
            name = order[r]; printf "%s\t%s", name, limit[name]
            for (i = 1; i <= n; i++) {
                f = figure[kernel[i], name]
                printf "\t%s%s", f == "" ? "-" : f, kernel[i] == "here" && name in limit && (f == "-" || f > limit[name] + 0) ? " *" : ""
            }
            print ""
        }
    }' bench/limits $bench/syscalls.lines | table
awk -F '\t' '
    BEGIN { print "[" }
    { printf "%s{\"kernel\": \"%s\", \"operation\": \"%s\", \"instructions\": %s}", (NR > 1 ? ",\n" : ""), $1, $2, ($3 == "-" ? "null" : $3) }
    END { print "\n]" }' $bench/syscalls.lines >$bench/syscalls.json
