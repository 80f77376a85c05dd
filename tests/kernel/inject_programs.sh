#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# The programs of tests/programs with faults injected, seed after seed: no kernel panic (125), no hang (124), whatever fails. Calls that
# are interrupted, moves that are short and threads that are late change nothing that a Go program prints; without memory it prints the same, too,
# or ends with a word.
#   inject_programs.sh MINUTES [SEED]
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/programs/lib.sh
. tests/programs/lib.sh
# shellcheck source=tests/kernel/want.sh
. tests/kernel/want.sh
tests/programs/build.sh || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
names=(println hello channel spin copy-large sortmap-small streams torture notify timers pingpong mutex threads storm memory pipes files)
gos=$(list_gos | cut -d' ' -f1)
# Their raw system calls take an interrupted one or a short one for a failure, as they would on Linux; what timers does takes time.
exact=' println hello channel copy-large sortmap-small torture pingpong mutex threads '

# faults SEED: only what changes nothing, or memory that runs out as well
faults() {
    case $(($1 % 4)) in
    0) echo "eintr=$(($1 % 5 + 2)),short=$(($1 % 3 + 2)),late=$(($1 % 9 + 5))" ;;
    1) echo "enomem=$(($1 % 200 + 20))" ;;
    2) echo "nth=$(($1 % 1009 + 1)),eintr=9" ;;
    3) echo "nomem=$(($1 % 400 + 100)),short=5" ;;
    esac
}

# as_ever EXPECTED: this run ended as that one did, and printed the same
as_ever() { cmp -s "$tmp/status" "$1/status" && cmp -s "$tmp/out" "$1/out"; }

end=$((SECONDS + $1 * 60)) seed=${2:-$(date +%s)} runs=0 wrong=0
while [ $SECONDS -lt $end ]; do
    name=${names[seed / 4 % ${#names[@]}]}
    for go in $gos; do
        read_case "$name" || exit 1
        spec=seed=$seed,$(faults "$seed") cpus=$((seed % 3 * seed % 3 + 1))
        options=()
        for variable in "${environment[@]}"; do options+=(-e "$variable"); done
        tests/programs/job.sh expect "$name" "$go"
        captured "$tmp" "$cpus" ./mazboot run --accel tcg -smp "$cpus" --timeout 120s --inject "$spec" "${options[@]}" "$programs/$go/plain/$program"
        status=$(cat "$tmp/status") runs=$((runs + 1)) why=
        if [ "$status" = 124 ] || [ "$status" = 125 ]; then
            why="exit status $status"
        elif [[ $exact == *" $name "* ]] && ! as_ever "$programs/expected/$go/$name" &&
            { [ $((seed % 4)) = 0 ] || ! died_of_want "$status" "$(cat "$tmp/err.raw" "$tmp/out")"; }; then
            why="exit status $status or another output"
        fi
        [ -z "$why" ] && continue
        wrong=$((wrong + 1))
        echo "not ok inject $name $go: $why: -smp $cpus --inject $spec"
        sed -n "1,12p; 13s/.*/.../p" "$tmp/err.raw" && tail -n 12 "$tmp/err.raw"
    done
    seed=$((seed + 1))
done
echo "ok inject programs: $runs runs, $wrong wrong, the last seed is $((seed - 1))"
[ $wrong -eq 0 ]
