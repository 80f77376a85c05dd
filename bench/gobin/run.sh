#!/usr/bin/env bash
# How long the reader takes for two real programs, with the command's start-up: the best of N runs each, in milliseconds of
# the clock and of the processor (which doesn't depend on what else the machine does).
#   bench/gobin/run.sh [N]
cd "$(dirname "$0")/../.." || exit 1
runs=${1:-10}
tests/gobin/npm.sh fetch || exit 1
TIMEFORMAT='%R %U %S'

best() { # COMMAND...: "clock processor"
    for ((i = 0; i < runs; i++)); do
        { time "$@" >/dev/null; } 2>&1
    done | awk '{ clock = $1 * 1000; cpu = ($2 + $3) * 1000
                  if (NR == 1 || clock < least) least = clock
                  if (NR == 1 || cpu < used) used = cpu }
                END { printf "%d ms, cpu %d ms", least, used }'
}

printf '%-8s %4s %6s  %-20s %-20s %-20s\n' program MB sites 'wb list' 'wb list --json' inspect
for name in esbuild tsgo; do
    file=build/gobin/$name
    printf '%-8s %4s %6s  %-20s %-20s %-20s\n' $name "$(($(stat -c %s "$file") / 1000000))" \
        "$(./mazboot wb list "$file" | grep -c '^0x')" "$(best ./mazboot wb list "$file")" \
        "$(best ./mazboot wb list --json "$file")" "$(best ./mazboot inspect "$file")"
done
