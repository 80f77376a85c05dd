#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The behaviour table by Go and by us, both on the real clock. Its order comes from waits of a few milliseconds, which a loaded
# machine may overrun: so a difference counts only if it is there with longer waits, too.
set -u
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
${GO:-go} build -o "$out/by-go" tests/gort/behaviour.go || exit 1

same() { # name program
    for ms in 1 5 25; do
        timeout 120 "$2" $ms >"$out/$1" 2>&1
        diff tests/gort/behaviour.expected "$out/$1" >"$out/diff" && { echo "ok gort behaviour table: $1, waits of $ms ms"; return; }
    done
    cat "$out/diff"
    echo "not ok gort behaviour table: $1"
}

same go "$out/by-go"
same gort "${B:-build}/test/gort-behaviour"
