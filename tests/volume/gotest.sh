#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# mazboot gotest beside go test: the same words, statuses and files, but for times and the machine.
# shellcheck source=tests/volume/lib.sh
. "$(dirname "$0")/lib.sh"
unset GOFLAGS GOOS GOARCH
export MODULE_TEST=from-outside GOTOOLCHAIN=local

# plain FILE: without what differs by nature
plain() {
    sed -E 's/[0-9]+(\.[0-9]+)?s\b/Ns/g; s/"(Time|Elapsed)":("[^"]*"|[0-9.]+),?//g; s/[0-9.]+ ns\/op/N ns\/op/; s/-[0-9]+( +\t? +[0-9]+\t)/\1/
            s/^goarch: .*/goarch/; /^cpu: /d; s/[ \t]+/ /g; s,/[^ ]*/(linux|here)/,/,g' "$1"
}

# beside NAME FLAGS...: in a copy of the module each; leaves $tmp/{linux,here}
beside() {
    local name=$1 linux here
    shift
    rm -rf "$tmp/linux" "$tmp/here"
    cp -r tests/volume/module "$tmp/linux" && cp -r tests/volume/module "$tmp/here"
    (cd "$tmp/linux" && go test -count=1 "$@") >"$tmp/linux.out" 2>&1
    linux=$?
    (cd "$tmp/here" && "$mazboot" gotest -count=1 "$@") >"$tmp/here.out" 2>&1
    here=$?
    same "volume gotest $name" <(plain "$tmp/linux.out") <(plain "$tmp/here.out")
    report "volume gotest $name, status $linux" $((linux != here))
}

beside 'packages' ./...
same 'volume gotest what is left' <(listing "$tmp/linux") <(listing "$tmp/here")
beside 'verbose' -v -short -run 'Area|Golden' ./shapes
beside 'benchmark' -run '^$' -bench . -benchtime 100x ./shapes
beside 'json' -json -run TestBad ./failing
beside 'cover' -cover -coverprofile=cover.out ./shapes
same 'volume gotest coverage profile' "$tmp/linux/cover.out" "$tmp/here/cover.out"
beside 'no such package' ./nowhere

(cd "$tmp/here" && "$mazboot" gotest -cpuprofile cpu.out -memprofile mem.out -trace trace.out ./shapes) >"$tmp/out"
report 'volume gotest profiles' $?
(cd "$tmp/here" && go tool pprof -raw cpu.out && go tool pprof -raw mem.out) >"$tmp/raw" 2>"$tmp/err"
report 'volume gotest profiles can be read' $?
cat >"$tmp/here/shapes/slow_test.go" <<'END'
package shapes

import (
	"testing"
	"time"
)

func TestSlow(t *testing.T) { time.Sleep(time.Hour) }
END
(cd "$tmp/here" && "$mazboot" gotest --memory 256M -smp 2 -timeout 1s -run TestSlow ./shapes) >"$tmp/out" 2>&1
report 'volume gotest -timeout' $(($? != 1))
grep -q '^panic: test timed out after 1s' "$tmp/out"
report 'volume gotest -timeout says so' $?
ended
