#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What every thread does, when the time is over, on SIGUSR1 and on Ctrl-T; a kernel that hangs isn't silent.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=build/programs/states
mkdir -p $dir
cat >$dir/main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
)

var mu sync.Mutex

func spin() {
	for i := 0; ; i++ {
		if i < 0 {
			println(i)
		}
	}
}

func readPipe(r *os.File) {
	runtime.LockOSThread()
	r.Fd() // from here on it blocks
	r.Read(make([]byte, 1))
}

func main() {
	r, _, _ := os.Pipe()
	go readPipe(r)
	go spin()
	time.Sleep(100 * time.Millisecond)
	fmt.Println("ready")
	b := make([]byte, 100)
	n, _ := os.Stdin.Read(b)
	fmt.Printf("read %q\n", b[:n])
}
GO
go=$(command -v go || echo /usr/lib/go-1.19/bin/go)
GO111MODULE=off GOOS=linux GOARCH=arm64 CGO_ENABLED=0 "$go" build -ldflags -s -o $dir/states $dir/main.go || exit 1

# check NAME TEXT PATTERN...: each must be in it
check() {
    local name=$1 text=$2 pattern
    shift 2
    for pattern; do
        [[ $text =~ $pattern ]] || { echo "$text"; echo "not ok threads: $name: nothing like $pattern"; return; }
    done
    echo "ok threads: $name"
}

place='[^ ]*/main.go:'
expected=("thread [0-9]+ \(states\) waits in read\([0-9]+ \(pipe\), 0x[0-9a-f]+, 1\); [0-9.]+ ms of CPU time"
    "in the kernel: pipe_read < " "main.readPipe ${place}24" "main.spin ${place}1[4-6]" "main.main ${place}34" "waits in futex\(0x[0-9a-f]+, FUTEX_WAIT_PRIVATE, ")
for cpus in 1 4; do
    for _ in 1 2 3; do # a goroutine that is just being preempted is on no thread
        out=$(sleep 30 | timeout 120 ./mazboot run --accel tcg -smp $cpus --timeout 4s $dir/states 2>&1)
        [[ $out =~ main.spin ]] && break
    done
    check "--timeout, $cpus CPUs" "$out" "${expected[@]}" "did not end in the time that --timeout gives it"
done

# SIGUSR1: it is told, and goes on.
rm -f $dir/in $dir/out # of a run before: there "ready" stands already
mkfifo $dir/in
: >$dir/out
timeout 120 ./mazboot run --accel tcg -smp 2 $dir/states <$dir/in >$dir/out 2>&1 &
pid=$!
exec 3>$dir/in
until grep -q ready $dir/out; do sleep 0.1; done
kill -USR1 "$(pgrep -P $pid)"
until grep -q main.main $dir/out; do sleep 0.1; done
sleep 1
echo go on >&3
exec 3>&-
wait $pid
check "SIGUSR1 (status $?)" "$(cat $dir/out)" "${expected[@]}" 'read "go on\\n"'
rm -f $dir/in

# A thread in a signal's handler, which can't say what it wants to: what it interrupted is told, too.
mkdir -p $dir/signals
cat >$dir/signals/main.go <<'GO'
package main

import (
	"runtime"
	"syscall"
)

func interrupted() {
	for i := 0; ; i++ {
		if i < 0 {
			println(i)
		}
	}
}

func main() {
	var pipe [2]int
	syscall.Pipe2(pipe[:], syscall.O_NONBLOCK)
	for n := 1; n > 0; n, _ = syscall.Write(pipe[1], make([]byte, 4096)) {
	}
	syscall.SetNonblock(pipe[1], false)
	syscall.Dup3(pipe[1], 2, 0)
	thread := make(chan int)
	go func() {
		runtime.LockOSThread()
		thread <- syscall.Gettid()
		interrupted()
	}()
	syscall.Tgkill(syscall.Getpid(), <-thread, syscall.SIGQUIT)
	select {}
}
GO
GO111MODULE=off GOOS=linux GOARCH=arm64 CGO_ENABLED=0 "$go" build -ldflags -s -o $dir/signals/signals $dir/signals/main.go || exit 1
out=$(timeout 120 ./mazboot run --accel tcg -smp 2 --timeout 3s $dir/signals/signals 2>&1 </dev/null)
check "in a signal's handler" "$out" 'waits in write\(2 \(pipe\)' $'runtime.sigtramp\\(...\\)\n[^\n]*\nmain.interrupted\\(...\\)\n' \
    $'runtime.sigtramp [^\n]*\n    main.interrupted '"${place}(8|9|1[0-2]) "

# Ctrl-T on a terminal, before and between input.
out=$(python3 - ./mazboot run --accel tcg $dir/states <<'PY'
import os, pty, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
text = b""
def until(what, times=1):
    global text
    while text.count(what) < times:
        if not select.select([fd], [], [], 60)[0]:
            print("nothing comes any more"); break
        try:
            text += os.read(fd, 65536)
        except OSError:
            break
until(b"ready")
time.sleep(1)
os.write(fd, b"\x14")
until(b"main.main")
time.sleep(1)
os.write(fd, b"first\x14")
until(b"read \"first\"")
_, status = os.waitpid(pid, 0)
sys.stdout.write(text.decode().replace("\r", ""))
print("status", os.waitstatus_to_exitcode(status))
PY
)
check Ctrl-T "$out" "${expected[@]}" 'read "first"' 'status 0'

for cpus in 1 2; do
    out=$(timeout 120 ./mazboot run --accel tcg --kernel full -smp $cpus --timeout 12s --qemu-arg -append --qemu-arg crash=hang $dir/states </dev/null 2>&1)
    check "a kernel that hangs, $cpus CPUs" "$out" "the kernel doesn't say what its threads do: it hangs"
done
check "the watchdog" "$out" 'CPU 0 has been in the kernel for 5 seconds, in no system call'

# A panic while the program spins: where it was.
out=$(sleep 30 | timeout 120 ./mazboot run --accel tcg --qemu-arg -append --qemu-arg crash=later $dir/states 2>&1)
check "a panic (status $?)" "$out" 'kernel panic on CPU 0: asked for' 'program: thread [0-9]+, pc [0-9a-f]+' "thread [0-9]+ of the program was in.* main.spin ${place}1[4-6]"
