#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bench/lib.sh assigns
# What a Go program measures of itself, here and on Linux, by the same binary in the same QEMU.
#   bench/compare.sh syscalls [-g GO] [KERNEL...]              guest instructions per operation, one CPU
#   bench/compare.sh parallel [-g GO] [-n ROUNDS] [KERNEL...]  milliseconds, four CPUs, medians of ROUNDS (7)
# Prints a table with the limits of bench/PROGRAM/limits, and writes build/bench/PROGRAM.json. Time is noisy: each round measures every kernel in
# turn, and a second table tells how many times each Linux's time ours is.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=bench/lib.sh
. bench/lib.sh

program=$1 go=go1.19 rounds=
shift
while getopts g:n: option; do
    case $option in
    g) go=$OPTARG ;;
    n) rounds=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
if [ $# -eq 0 ]; then mapfile -t wanted < <(kernels); set -- "${wanted[@]}"; fi

# The plain clock of several CPUs can't count instructions.
case $program in
syscalls) icount=1 cpus=1 unit=instructions rounds=${rounds:-1} ;;
parallel) icount=0 cpus=4 unit=ms rounds=${rounds:-7} ;;
*) echo "bench: there is no bench/$program" >&2; exit 2 ;;
esac

# measure KERNEL: lines "KERNEL NAME FIGURE", separated by tabs. Where time is measured, the last is of the host's processors.
measure() {
    local command TIMEFORMAT='%U %S'
    start_command "$1" "$bench/$program" 512 GODEBUG=asyncpreemptoff=$icount
    { time timeout 300 "${command[@]}" </dev/null 2>"$bench/stderr"; } 2>"$bench/cpu" |
        tr -d '\r' | sed "/^measured/,\$d; s/^/$1\t/" | grep -a $'\t.*\t' || return 1
    if [ $icount = 0 ]; then awk -v k="$1" -v OFS='\t' '{ print k, "CPU time of it all, with the boot", ($1 + $2) * 1000 }' "$bench/cpu"; fi
}

# medians: of lines "KEY VALUE", separated by a tab, a line "KEY LOWER-QUARTILE MEDIAN UPPER-QUARTILE" for each key, in the order of appearance.
medians() {
    awk -F '\t' '{ if (!($1 in key)) key[$1] = ++keys; printf "%d\t%s\n", key[$1], $0 }' | sort -t $'\t' -k1,1n -k3,3g | awk -F '\t' -v OFS='\t' '
        function flush() { if (n) print name, v[int((n + 3) / 4)], v[int((n + 1) / 2)], v[n + 1 - int((n + 3) / 4)]; n = 0 }
        $2 != name { flush() }
        { name = $2; v[++n] = $3 }
        END { flush() }'
}

# ratios: of lines "ROUND KERNEL NAME FIGURE" the table of our times over each Linux's, a star where they are more.
ratios() {
    echo "times Linux's time	median	half of the rounds"
    awk -F '\t' -v OFS='\t' '
        { figure[$1, $2, $3] = $4; if (!($2 in kernel)) kernel[$2]; if (!($3 in name)) { name[$3]; order[++names] = $3 }; if ($1 > last) last = $1 }
        END {
            for (i = 1; i <= names; i++) for (k in kernel) for (r = 1; k != "here" && r <= last; r++)
                if (figure[r, k, order[i]] > 0) print order[i] " / " k, figure[r, "here", order[i]] / figure[r, k, order[i]]
        }' | medians | awk -F '\t' '{ printf "%s\t%.2f%s\t%.2f to %.2f\n", $1, $3, ($3 > 1 ? " *" : ""), $2, $4 }'
}

build_go "$program" "$go"
raw=$bench/$program.rounds
for ((round = 1; round <= rounds; round++)); do
    for kernel; do
        measure "$kernel" | sed "s/^/$round\t/" || echo "bench: $kernel ended early: $(tail -n 1 "$bench/stderr")" >&2
    done
done >"$raw"
cut -f 2- "$raw" | sed 's/\t/|/' | medians | awk -F '\t' -v OFS='\t' '{ sub(/[|]/, "\t", $1); print $1, $3 }' >"$bench/$program.lines"
tabulate "bench/$program/limits" "$unit" "$@" <"$bench/$program.lines"
if [ "$rounds" -gt 1 ]; then
    echo
    ratios <"$raw" | table
fi
to_json "$unit" <"$bench/$program.lines" >"$bench/$program.json"
