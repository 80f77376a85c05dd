#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Side by side with Go, interleaved; the median of CPU time per operation. run.sh BENCH_C BENCH_GO [RUNS]
set -eu
c=$1 go=$2 runs=${3:-5}

median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }

one() { # program field name count procs
    "$1" "$3" "$4" "$5" | awk -v f="$2" '{for (i = 1; i < NF; i++) if ($i == f) print $(i+1)}'
}

row() { # label name count procs goal field
    a=$(mktemp) b=$(mktemp)
    for _ in $(seq "$runs"); do
        one "$c" "$6" "$2" "$3" "$4" >>"$a"
        one "$go" "$6" "$2" "$3" "$4" >>"$b"
    done
    x=$(median <"$a") y=$(median <"$b")
    rm -f "$a" "$b"
    awk -v l="$1" -v x="$x" -v y="$y" -v g="$5" 'BEGIN {
        r = y ? x / y : 0
        printf "%-34s %9.1f %9.1f %6.2f   %-5s %s\n", l, x, y, r, g, g == "-" ? "" : (r <= g ? "ok" : "missed")
    }'
}

printf '%-34s %9s %9s %6s   %-5s\n' "CPU ns per operation" gort go ratio goal
row "yield"                     yield         2000000 1 0.37 cpu
row "spawn and exit"            spawn         1000000 1 0.28 cpu
row "unbuffered message"        pingpong      1000000 1 0.40 cpu
row "unbuffered stream"         stream        1000000 1 -    cpu
row "buffered message"          buffered      3000000 1 0.45 cpu
row "ring of 1000, hop"         ring          2000000 1 0.43 cpu
row "select, two ready"         select2       2000000 1 0.8  cpu
row "select with default"       selectdefault 5000000 1 0.6  cpu
row "select, eight ready"       select8       1000000 1 0.9  cpu
row "mutex, uncontended"        mutex         5000000 1 -    cpu
row "two Ps: ping-pong"         pingpong      1000000 2 0.5  cpu
row "two Ps: spawn and exit"    spawn         1000000 2 -    cpu
row "two Ps: buffered"          buffered      3000000 2 -    cpu
row "skynet of a million, leaf" skynet        1000000 2 0.75 cpu
row "parked, bytes each"        parked        "${PARKED:-1000000}" 1 - bytes
