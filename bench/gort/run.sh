#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# gort beside Go and other libraries: run.sh GORT GO [PEER...]. All programs in turn, RUNS times (5); the medians of
# CPU time per operation, and the median of gort's ratio to Go in each turn. "-": the peer has no such operation.
# ROWS: only those whose name has this in it. A row named "beside itself" has gort with one P in Go's place.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=bench/lib.sh
. bench/lib.sh
c=$1 go=$2
shift 2
runs=${RUNS:-5} out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

one() { # program field name count procs
    "$1" "$3" "$4" "$5" 2>/dev/null | awk -v f="$2" '{for (i = 1; i < NF; i++) if ($i == f) print $(i+1)}' || true
}

row() { # label name count procs goal field [program...]
    label=$1 name=$2 count=$3 procs=$4 goal=$5 field=$6
    shift 6
    case $label in *"${ROWS:-}"*) ;; *) return ;; esac
    rm -f "$out"/*
    for _ in $(seq "$runs"); do
        x=$(one "$c" "$field" "$name" "$count" "$procs")
        y=$(one "${beside:-$go}" "$field" "$name" "$count" "${beside_procs:-$procs}")
        echo "$x" >>"$out/gort"
        echo "$y" >>"$out/go"
        echo "$x $y" | awk '{print $2 ? $1 / $2 : 0}' >>"$out/ratio"
        for p; do
            [ "$procs" = 1 ] && one "$p" "$field" "$name" $((count / 10)) 1 >>"$out/peer-$(basename "$p")"
        done
    done
    r=$(median <"$out/ratio")
    verdict=$(awk -v r="$r" -v g="$goal" 'BEGIN {print g == "-" ? "" : r <= g ? "ok" : "missed"}')
    printf '%-28s %9.1f %9.1f %6.2f %5s %-6s' "$label" "$(median <"$out/gort")" "$(median <"$out/go")" "$r" "$goal" "$verdict"
    for p; do
        v=$([ -s "$out/peer-$(basename "$p")" ] && median <"$out/peer-$(basename "$p")" || echo -)
        printf ' %9s' "$v"
    done
    echo
}

printf '%-28s %9s %9s %6s %5s %-6s' "CPU ns per operation" gort go ratio goal ''
for p; do printf ' %9s' "$(basename "$p" | sed 's/^gort-//')"; done
echo
row "yield"                      yield         2000000 1 0.37 cpu "$@"
row "spawn and exit"             spawn         1000000 1 0.28 cpu "$@"
row "unbuffered message"         pingpong      1000000 1 0.40 cpu "$@"
row "unbuffered stream"          stream        1000000 1 -    cpu "$@"
row "buffered message"           buffered      3000000 1 0.45 cpu "$@"
row "ring of 1000, hop"          ring          2000000 1 0.43 cpu "$@"
row "select, two ready"          select2       2000000 1 0.8  cpu "$@"
row "select with default"        selectdefault 5000000 1 0.6  cpu "$@"
row "select, eight ready"        select8       1000000 1 0.9  cpu "$@"
row "mutex, uncontended"         mutex         5000000 1 -    cpu "$@"
row "two Ps: ping-pong"          pingpong      1000000 2 0.5  cpu
beside=$c beside_procs=1 row "  beside itself with one P" pingpong   1000000 2 1.2  cpu
row "two Ps: spawn and exit"     spawn         1000000 2 -    cpu
row "two Ps: buffered"           buffered      3000000 2 -    cpu
row "skynet of a million, leaf"  skynet        1000000 2 0.75 cpu
row "skynet, time"               skynet        1000000 2 0.75 wall
row "HTTP over loopback, CPU"    http           100000 2 1    cpu
row "HTTP over loopback, time"   http           100000 2 1    wall
row "parked, bytes each"         parked        "${PARKED:-1000000}" 1 - bytes
