#!/usr/bin/env bash
# Every test of servers in a machine, some 20 minutes, one after another; a line for each check as it's made, and at the end what failed.
cd "$(dirname "$0")/../.." || exit 1
log=build/test/services.log
mkdir -p build/test
: >"$log"
step=0
# Each line of the list: a script and its arguments.
list=('host.sh' 'examples.sh' 'wire.sh good' 'wire.sh attack' 'wire.sh bad' 'wire.sh large' 'wire.sh many')
for line in "${list[@]}"; do
    step=$((step + 1))
    echo "# [$step/${#list[@]}] $line, $(date +%T)"
    # shellcheck disable=SC2086 # words
    tests/services/$line 2>&1 | tee -a "$log"
    status=${PIPESTATUS[0]}
    [ "$status" = 0 ] || echo "# $line: exit status $status" | tee -a "$log"
done
echo "# $(grep -c '^ok ' "$log") passed, $(grep -c '^not ok ' "$log") failed, $(grep -c '^skip ' "$log") skipped"
grep -E '^(not ok|skip) |exit status' "$log"
! grep -qE '^not ok |exit status' "$log"
