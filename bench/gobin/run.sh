#!/usr/bin/env bash
# How long the reader takes for two real programs, the best of N runs each, in milliseconds with the command's start-up.
#   bench/gobin/run.sh [N]
cd "$(dirname "$0")/../.." || exit 1
runs=${1:-10}
tests/gobin/npm.sh fetch || exit 1

best() {
    local least=999999999 start took
    for ((i = 0; i < runs; i++)); do
        start=$(date +%s%N)
        "$@" >/dev/null || exit 1
        took=$((($(date +%s%N) - start) / 10000))
        [ $took -lt $least ] && least=$took
    done
    printf '%d.%02d' $((least / 100)) $((least % 100))
}

printf '%-10s %9s %8s  %14s %14s %14s\n' program MB sites 'wb list ms' 'wb list --json' 'inspect ms'
for name in esbuild tsgo; do
    file=build/gobin/$name
    sites=$(./mazboot wb list "$file" | grep -c '^0x')
    printf '%-10s %9s %8s  %14s %14s %14s\n' $name "$(($(stat -c %s "$file") / 1000000))" "$sites" \
        "$(best ./mazboot wb list "$file")" "$(best ./mazboot wb list --json "$file")" "$(best ./mazboot inspect "$file")"
done
