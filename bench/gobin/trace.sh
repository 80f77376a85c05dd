#!/usr/bin/env bash
# What tracing costs: guest instructions of a hello, and of esbuild if it is there, traced and not, with the kernel that has the
# probes; the least of N runs, since where the heap begins makes two kinds of them from Go 1.26 on.
#   bench/gobin/trace.sh [N]
cd "$(dirname "$0")/../.." || exit 1
. tests/gobin/lib.sh
runs=${1:-5}

least() { # COMMAND...: "BOOT PROGRAM" of the run with the fewest
    for ((i = 0; i < runs; i++)); do
        "$@" 2>&1 >/dev/null | awk '/instructions, boot/ { boot = $NF } /and of the program/ { print boot, $NF }'
    done | sort -n -k 2 | head -n 1
}

row() { # NAME FILE ARGUMENTS...
    local boot plain traced_boot traced name=$1
    shift
    read -r boot plain <<<"$(least ./mazboot run --kernel full --icount --stats "$@")"
    read -r traced_boot traced <<<"$(least ./mazboot trace --icount --stats "$@")"
    awk -v name="$name" -v b="$boot" -v p="$plain" -v tb="$traced_boot" -v t="$traced" 'BEGIN {
        printf "%-16s %-22d %-22d %-9s %.1f %%\n", name, p, t, sprintf("%.1f %%", 100 * (t - p) / p), 100 * (t + tb - p - b) / (p + b) }'
}

printf '%-16s %-22s %-22s %-9s %s\n' program 'not traced' 'traced' 'more' 'of all from reset'
for go in $gos; do
    file=$(program hello $go arm64 stripped) || exit 1
    row "hello $(go_release $go)" "$file"
done
# 120 init functions; `make bench-gobin` fetches it
[ ! -e $built/esbuild ] || row esbuild $built/esbuild --version
