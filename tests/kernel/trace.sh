#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --trace: the JSON is whole, and says the same as --strace of the same run; what can't be written is told.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=build/programs/trace
mkdir -p $dir
cat >$dir/main.go <<'GO'
package main

import (
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
)

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	var wg sync.WaitGroup
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go func() {
			runtime.LockOSThread()
			for j := 0; j < 2000; j++ {
				syscall.Getppid()
				if j%100 == 0 {
					os.ReadFile("/nowhere")
				}
			}
			wg.Done()
		}()
	}
	stop := make(chan bool)
	go func() { // to be preempted, by SIGURG
		for n := 0; ; n++ {
			if n == 1<<26 {
				close(stop)
			}
		}
	}()
	wg.Wait()
	syscall.Kill(1, syscall.SIGUSR1)
	<-c
	for i := 0; i < 40; i++ {
		runtime.GC()
	}
	<-stop
}
GO
go=$(command -v go || echo /usr/lib/go-1.19/bin/go)
GO111MODULE=off GOOS=linux GOARCH=arm64 CGO_ENABLED=0 "$go" build -o $dir/trace $dir/main.go || exit 1

for cpus in 1 4; do
    timeout 120 ./mazboot run --accel tcg -smp $cpus --trace $dir/trace.json --strace=$dir/strace $dir/trace
    status=$?
    wrong=$(python3 tests/kernel/trace.py $dir/trace.json $dir/strace $cpus 2>&1)
    if [ $status = 0 ] && [ -z "$wrong" ]; then echo "ok trace: $cpus CPUs"; else echo "not ok trace: $cpus CPUs: status $status; $wrong"; fi
done

# The rings leave the program its memory, however many there are.
cat >$dir/small.go <<'GO'
package main

func main() { println("enough") }
GO
GO111MODULE=off GOOS=linux GOARCH=arm64 CGO_ENABLED=0 "$go" build -o $dir/small $dir/small.go || exit 1
out=$(timeout 120 ./mazboot run --accel tcg -m 8M -smp 8 --trace $dir/trace.json $dir/small 2>&1)
if [ "$out" = enough ]; then echo "ok trace: 8 CPUs and 8 MiB"; else echo "not ok trace: 8 CPUs and 8 MiB: $out"; fi

out=$(./mazboot run --accel tcg --trace /nowhere/trace.json $dir/trace 2>&1)
if [[ $? = 125 && $out = *"cannot write the trace to /nowhere/trace.json: No such file or directory" ]]; then
    echo "ok trace: a file that can't be"
else
    echo "not ok trace: a file that can't be: $out"
fi
out=$(./mazboot run --accel tcg --trace /dev/full $dir/trace 2>&1)
if [[ $? = 0 && $out = *"/dev/full: cannot write the trace: No space left on device" ]]; then
    echo "ok trace: a full disk"
else
    echo "not ok trace: a full disk: $out"
fi
