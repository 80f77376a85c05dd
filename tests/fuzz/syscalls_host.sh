#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Random system calls on a kernel in a process of the host, under AddressSanitizer and UndefinedBehaviorSanitizer (tests/fuzz/host/main.c says
# what that reaches): nothing that they find, no lock held too long, no hang, and after each round the memory in use that was before.
#   syscalls_host.sh                    the corpus and short runs with fixed seeds, for `make test`
#   syscalls_host.sh MINUTES [SEED]     seed after seed, every other one while calls are interrupted, cut short and refused memory
#   syscalls_host.sh -c MINUTES         inputs guided by coverage, from the corpus on; what is new goes to build/fuzz/syscalls_host.new
# A run of a seed is the same again with the command that its line tells.
set -u
cd "$(dirname "$0")/../.." || exit 1
fuzzer=build/fuzz/syscalls_host corpus=tests/fuzz/corpus
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

# try SEED ROUNDS CALLS THREADS [FAULTS]
try() {
    local options="perturb=$1 net0=ip=10.0.2.15/24,gw=10.0.2.2${5:+ inject=seed=$1,spare=1,$5}" status
    $fuzzer seeds "$options" "$1" "$2" "$3" "$4" >"$out" 2>&1
    status=$?
    if [ $status -eq 0 ] && grep -q '^seed .*[1-9][0-9]* pages, [1-9]' "$out"; then
        echo "ok fuzz syscalls on the host: $(grep '^seed' "$out")${5:+ ($5)}"
    else
        sed '/^Shadow bytes/,/^==/d' "$out"
        echo "not ok fuzz syscalls on the host: exit status $status: $fuzzer seeds '$options' $1 $2 $3 $4"
        return 1
    fi
}

# faults SEED: as tests/fuzz/syscalls.sh has them
faults() {
    echo "eintr=$(($1 % 5 + 3)),short=$(($1 % 3 + 2)),late=$(($1 % 7 + 20)),nospace=$(($1 % 11 + 10)),enomem=$(($1 % 30 + 5))"
}

guided() { # LIBFUZZER'S OPTIONS AND FOLDERS...
    if $fuzzer -seed=1 -timeout=10 -detect_leaks=0 -rss_limit_mb=0 -max_len=1025 "$@" $corpus >"$out" 2>&1; then
        echo "ok fuzz syscalls on the host: $(grep -c . <(ls $corpus)) inputs of the corpus, $(sed -n 's/^#\([0-9]*\).*cov: \([0-9]*\).*/\1 runs, \2 places/p' "$out" | tail -n 1)"
    else
        tail -n 80 "$out"
        echo "not ok fuzz syscalls on the host: inputs"
        return 1
    fi
}

if [ $# -eq 0 ]; then
    $fuzzer findings 2>"$out" || cat "$out"
    guided -runs=0
    try 1 4 6000 4
    try 2 4 4000 6 "$(faults 2)"
    exit
fi
if [ "$1" = -c ]; then
    mkdir -p $fuzzer.new
    guided -max_total_time=$(($2 * 60)) $fuzzer.new
    exit
fi
end=$((SECONDS + $1 * 60)) seed=${2:-$(date +%s)} runs=0
while [ $SECONDS -lt $end ]; do
    if [ $((seed % 2)) = 0 ]; then some=; else some=$(faults "$seed"); fi
    try "$seed" 20 20000 $((seed % 7 + 1)) "$some" || exit 1
    seed=$((seed + 1)) runs=$((runs + 1))
done
echo "$runs seeds in $1 minutes, the last is $((seed - 1))"
