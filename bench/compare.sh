#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bench/lib.sh assigns
# What a Go program measures of itself, here and on Linux, by the same binary in the same QEMU.
#   bench/compare.sh syscalls [-g GO] [KERNEL...]    guest instructions per operation, one CPU
#   bench/compare.sh parallel [-g GO] [KERNEL...]    milliseconds, four CPUs
# Prints a table with the limits of bench/PROGRAM/limits, and writes build/bench/PROGRAM.json.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=bench/lib.sh
. bench/lib.sh

program=$1 go=go1.19
shift
if [ "${1:-}" = -g ]; then go=$2; shift 2; fi
if [ $# -eq 0 ]; then mapfile -t wanted < <(kernels); set -- "${wanted[@]}"; fi

# The plain clock of several CPUs can't count instructions.
case $program in
syscalls) icount=1 cpus=1 unit=instructions ;;
parallel) icount=0 cpus=4 unit=ms ;;
*) echo "bench: there is no bench/$program" >&2; exit 2 ;;
esac

# measure KERNEL: lines "KERNEL NAME FIGURE", separated by tabs.
measure() {
    local command
    start_command "$1" "$bench/$program" 512 GODEBUG=asyncpreemptoff=$icount
    timeout 300 "${command[@]}" </dev/null 2>"$bench/stderr" | tr -d '\r' | sed "/^measured/,\$d; s/^/$1\t/" | grep -a $'\t.*\t'
}

build_go "$program" "$go"
for kernel; do
    measure "$kernel" || echo "bench: $kernel ended early: $(tail -n 1 "$bench/stderr")" >&2
done >"$bench/$program.lines"
tabulate "bench/$program/limits" "$unit" "$@" <"$bench/$program.lines"
to_json "$unit" <"$bench/$program.lines" >"$bench/$program.json"
