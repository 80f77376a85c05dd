#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Random bytes of the vDSO, as Go 1.24 and newer draw them: thousands of draws on four CPUs, none twice, and a system call for each thread's key only.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=build/programs/random
mkdir -p $dir
cat >$dir/main.go <<'GO'
package main

import (
	"crypto/rand"
	"fmt"
	"sync"
)

func main() {
	var group sync.WaitGroup
	drawn := make([][32]byte, 4000)
	for t := 0; t < 4; t++ {
		group.Add(1)
		go func(t int) {
			defer group.Done()
			for i := t; i < len(drawn); i += 4 {
				rand.Read(drawn[i][:])
			}
		}(t)
	}
	group.Wait()
	different := map[[32]byte]bool{}
	for _, b := range drawn {
		different[b] = true
	}
	fmt.Println(len(different))
}
GO
go=$(command -v go || echo /usr/lib/go-1.19/bin/go)
GO111MODULE=off GOOS=linux GOARCH=arm64 CGO_ENABLED=0 "$go" build -o $dir/random $dir/main.go || exit 1
out=$(timeout 60 ./mazboot run --accel tcg -smp 4 --strace=$dir/calls $dir/random 2>&1)
if [ "$out" = 4000 ]; then echo "ok random: all different"; else echo "not ok random: $out"; fi
case $("$go" env GOVERSION) in
go1.1?* | go1.2[0-3]*) exit ;; # they make a system call each time
esac
calls=$(grep -c getrandom $dir/calls)
if [ "$calls" -ge 1 ] && [ "$calls" -le 16 ]; then echo "ok random: a system call for each thread"; else echo "not ok random: $calls system calls"; fi
