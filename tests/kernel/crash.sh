#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a broken kernel says: the kernel option crash= breaks it at the end of the boot. Each case must name what happened and where, with symbols,
# and end with 125 instead of hanging.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=build/programs/crash-hello
mkdir -p build/programs
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
go=$(command -v go || echo /usr/lib/go-1.19/bin/go)
printf 'package main\n\nfunc main() { println("hello") }\n' >build/programs/crash_hello.go
GO111MODULE=off GOOS=linux GOARCH=arm64 CGO_ENABLED=0 "$go" build -o "$program" build/programs/crash_hello.go || exit 1

# expect KIND PATTERN...
expect() {
    kind=$1
    shift
    timeout 300 ./mazboot run --accel tcg -smp 2 --qemu-arg -append --qemu-arg "crash=$kind" "$program" >"$out" 2>&1
    status=$?
    [ $status -eq 125 ] || { echo "not ok crash $kind: exit status $status"; cat "$out"; return; }
    for pattern; do
        grep -qE "$pattern" "$out" || { echo "not ok crash $kind: no line like $pattern"; cat "$out"; return; }
    done
    echo "ok crash $kind"
}

expect fault 'kernel panic on CPU 0: the kernel faulted: .* address 0000000000000010' '#0 .* touch_nothing' 'x28 [0-9a-f]{16}'
expect stack 'the kernel stack overflowed' '#[0-9]+ .* recurse'
expect panic 'kernel panic on CPU 0: asked for' 'crash_if_asked' 'last events'
