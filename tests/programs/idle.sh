#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# A machine that has nothing to do sleeps: counts how often its CPUs wait for an interrupt while a program is asleep for two seconds.
# A tick of 10 Hz would be 20 more a CPU.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/programs/lib.sh
. tests/programs/lib.sh
command -v aarch64-linux-gnu-gcc >/dev/null || { echo "skip programs idle: there is no aarch64-linux-gnu-gcc"; exit 0; }
tests/programs/build.sh c || exit 1
count=$(mktemp) || exit 1
trap 'rm -f "$count"' EXIT

waits() { # CPUS SECONDS
    ./mazboot run --accel tcg -smp "$1" --timeout 120s --qemu-arg -plugin --qemu-arg "build/tools/insncount.so,out=$count" $programs/c/sleep "$2" >/dev/null
    sed -nE 's/.*"wfi": ([0-9]+).*/\1/p' "$count"
}

for cpus in 1 4 8; do
    short=$(waits $cpus 0) long=$(waits $cpus 2)
    if [ "${long:-1000}" -le $((short + 2 * cpus + 4)) ]; then
        echo "ok programs idle smp $cpus"
    else
        echo "not ok programs idle smp $cpus: $long waits for interrupts in two seconds, $short in none"
    fi
done
