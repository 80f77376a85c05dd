#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Random system calls (tests/fuzz/syscalls) on the machine, on 1 and 4 CPUs: no panic, no hang, no memory lost.
#   syscalls.sh                  two short runs with fixed seeds, for `make test`
#   syscalls.sh MINUTES [SEED]   seed after seed; stops at the first that fails
# A run is repeated with: build/test/fuzz_syscalls SEED ROUNDS CALLS THREADS, as the line says.
set -u
cd "$(dirname "$0")/../.." || exit 1
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

# try SEED CPUS ROUNDS CALLS THREADS
try() {
    local command="./mazboot run --accel tcg -smp $2 --timeout ${SECONDS_MOST:-600}s build/test/fuzz_syscalls $1 $3 $4 $5" status
    $command >"$out" 2>&1
    status=$?
    if [ $status -eq 0 ] && grep -q '^seed' "$out"; then
        echo "ok fuzz syscalls: $(grep '^seed' "$out") ($2 CPUs)"
    else
        cat "$out"
        echo "not ok fuzz syscalls: exit status $status: $command"
        return 1
    fi
}

if [ $# -eq 0 ]; then
    try 1 1 3 6000 4
    try 2 4 3 6000 6
    exit
fi
end=$((SECONDS + $1 * 60)) seed=${2:-$(date +%s)}
while [ $SECONDS -lt $end ]; do
    try "$seed" $((seed % 2 * 3 + 1)) 12 10000 $((seed % 7 + 1)) || exit 1
    seed=$((seed + 1))
done
