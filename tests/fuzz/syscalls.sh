#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Random system calls (tests/fuzz/syscalls) on the machine, on 1 and 4 CPUs: no panic, no hang, and after each round exactly the memory
# in use that was before, in pages and in the kernel's objects of every size.
#   syscalls.sh                      short runs with fixed seeds, for `make test`
#   syscalls.sh MINUTES [SEED]       seed after seed; stops at the first that fails
#   syscalls.sh -i MINUTES [SEED]    the same while calls are interrupted, cut short and refused memory (--inject)
# A run is repeated with the command that the line tells: build/test/fuzz_syscalls SEED ROUNDS CALLS THREADS.
set -u
cd "$(dirname "$0")/../.." || exit 1
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

# try SEED CPUS ROUNDS CALLS THREADS [FAULTS]
try() {
    local command="./mazboot run --accel tcg -smp $2 --timeout ${SECONDS_MOST:-600}s${6:+ --inject seed=$1,spare=1,$6} build/test/fuzz_syscalls $1 $3 $4 $5" status
    $command >"$out" 2>&1
    status=$?
    if [ $status -eq 0 ] && grep -q '^seed .*[1-9][0-9]* pages, [1-9]' "$out"; then
        echo "ok fuzz syscalls: $(grep '^seed' "$out") ($2 CPUs)$(sed -n 's/.*injected with seed [0-9]*:/; injected/p' "$out")"
    else
        cat "$out"
        echo "not ok fuzz syscalls: exit status $status: $command"
        return 1
    fi
}

# faults SEED: of each kind about as many as let the calls still do something
faults() {
    echo "eintr=$(($1 % 5 + 3)),short=$(($1 % 3 + 2)),late=$(($1 % 7 + 20)),nospace=$(($1 % 11 + 10)),enomem=$(($1 % 30 + 5))"
}

if [ $# -eq 0 ]; then
    try 1 1 3 6000 4
    try 2 4 3 6000 6
    try 3 4 3 4000 4 "$(faults 3)"
    exit
fi
injecting=
if [ "$1" = -i ]; then injecting=1 && shift; fi
end=$((SECONDS + $1 * 60)) seed=${2:-$(date +%s)} runs=0
while [ $SECONDS -lt $end ]; do
    try "$seed" $((seed % 2 * 3 + 1)) 12 10000 $((seed % 7 + 1)) ${injecting:+"$(faults "$seed")"} || exit 1
    seed=$((seed + 1)) runs=$((runs + 1))
done
echo "$runs seeds in $1 minutes, the last is $((seed - 1))"
