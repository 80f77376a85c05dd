#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --inject: Go programs put up with interrupted calls, short reads and writes and late threads; without space and memory
# they end with a word, and the kernel stays whole.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/kernel/want.sh
. tests/kernel/want.sh
dir=build/programs/inject
mkdir -p $dir
cat >$dir/main.go <<'GO'
package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"syscall"
)

func init() { runtime.LockOSThread() }

func data(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * i >> 3)
	}
	return b
}

func files() error {
	for i := 0; i < 20; i++ {
		want := data(i * 3333)
		if err := os.WriteFile("/tmp/f", want, 0o644); err != nil {
			return err
		}
		got, err := os.ReadFile("/tmp/f")
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			return fmt.Errorf("file %d differs", i)
		}
	}
	return nil
}

func pipes() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	go func() {
		for i := 0; i < 50; i++ {
			w.Write(data(i * 777))
		}
		w.Close()
	}()
	h := sha256.New()
	n, err := io.Copy(h, r)
	fmt.Printf("pipe: %d bytes, %x\n", n, h.Sum(nil)[:4])
	return err
}

func locks() {
	var mu sync.Mutex
	var wg sync.WaitGroup
	sum := 0
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go func() {
			runtime.LockOSThread()
			for j := 0; j < 200; j++ {
				mu.Lock()
				sum++
				runtime.Gosched()
				mu.Unlock()
			}
			wg.Done()
		}()
	}
	wg.Wait()
	fmt.Println("sum:", sum)
}

func main() {
	err := files()
	if errors.Is(err, syscall.ENOSPC) {
		fmt.Println("no space")
		os.Exit(9)
	}
	fmt.Println("files:", err)
	if len(os.Args) > 1 {
		return
	}
	fmt.Println("pipes:", pipes())
	locks()
}
GO
go=$(command -v go || echo /usr/lib/go-1.19/bin/go)
GO111MODULE=off GOOS=linux GOARCH=arm64 CGO_ENABLED=0 "$go" build -o $dir/inject $dir/main.go || exit 1

# run CPUS FAULTS [ARGUMENT]: leaves $out, $err, $status
run() {
    out=$(timeout 120 ./mazboot run --accel tcg -smp "$1" --timeout 60s --inject "$2" $dir/inject "${@:3}" 2>$dir/err </dev/null)
    status=$?
    err=$(cat $dir/err)
}

verdict() { # NAME CONDITION...
    local name=$1
    shift
    if "$@"; then echo "ok inject: $name"; else printf '%s\n%s\nstatus %s\nnot ok inject: %s\n' "$out" "$err" "$status" "$name"; fi
}

expected=$(timeout 120 ./mazboot run --accel tcg $dir/inject)
right() { [ "$status" = 0 ] && [ "$out" = "$expected" ] && [[ $err =~ $1 ]]; }
for cpus in 1 4; do
    run $cpus seed=1,eintr=3
    verdict "interrupted calls, $cpus CPUs" right 'injected with seed 1: [1-9][0-9]* interrupted calls, 0 short'
    run $cpus seed=2,short=2
    verdict "short reads and writes, $cpus CPUs" right 'seed 2: 0 interrupted calls, [1-9][0-9]* short ones'
    run $cpus seed=3,eintr=5,short=3,late=4
    verdict "all of them and late threads, $cpus CPUs" right '[1-9][0-9]* short ones, 0 without space, [1-9][0-9]* late'
done

shorts() { sed -n 's/.* \([0-9]*\) short ones.*/\1/p' <<<"$err"; }
run 1 seed=7,short=3 files && first=$(shorts)
run 1 seed=7,short=3 files
verdict 'the same seed, the same faults' [ "$(shorts)" = "$first" ]
run 1 seed=8,short=3 files
verdict 'another seed, others' [ "$(shorts)" != "$first" ]
run 1 seed=1,nospace=9 files
verdict 'no space' [ "$status/$out" = "9/no space" ]

# Whatever allocation fails: the right output, or an end with a word.
survived() {
    if [ "$status" = 0 ]; then [ "$out" = "$expected" ]; else died_of_want "$status" "$err"$'\n'"$out"; fi
}
for n in 3 17 40 77 110 150 260 400; do
    run 4 nth=$n
    verdict "allocation $n fails (status $status)" survived
done
for seed in 1 2 3; do
    run 4 seed=$seed,nomem=150
    verdict "one allocation in 150 fails, seed $seed (status $status)" survived
done

out=$(./mazboot run --inject help) err='' status=$?
verdict 'help' [ "$status/$(grep -c '^  [a-z]* ' <<<"$out")" = 0/9 ]
err=$(./mazboot run --inject eintr=2,lunch=3 $dir/inject 2>&1) out='' status=$?
verdict 'a fault that there is not' [ "$status/$err" = '125/mazboot: --inject eintr=2,lunch=3: there is no fault "lunch"; --inject help lists them; see mazboot run --help' ]
