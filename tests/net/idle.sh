#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A server that nobody talks to makes no wake-ups: counts how often its CPU waits for an interrupt in four and in nine seconds.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh
if ! command -v go >/dev/null; then
    echo 'skip net idle: Go is not installed; apt-get install golang-go'
    exit 0
fi
dir=build/test/wire
mkdir -p "$dir"
build wire arm64 "$dir/arm64" ||
    { echo 'not ok net idle: it does not compile'; exit 0; }

waits() { # SECONDS
    ./mazboot run --accel tcg --net user --timeout 120s --qemu-arg -plugin --qemu-arg "build/tools/insncount.so,out=$dir/idle.$1" "$dir/arm64" idle "$1" >&2
    sed -nE 's/.*"wfi": ([0-9]+).*/\1/p' "$dir/idle.$1"
}

waits 4 >"$dir/short" &
long=$(waits 9)
wait
short=$(cat "$dir/short")
if [ "${long:-1000}" -le $((${short:-0} + 4)) ]; then
    echo "ok net idle"
else
    echo "not ok net idle: $long waits for interrupts in nine seconds, $short in four"
fi
