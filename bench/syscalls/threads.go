// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"unsafe"
)

const (
	futexWaitPrivate = 128
	futexWakePrivate = 129
)

func futex(word *uint32, op, value uintptr) {
	syscall.RawSyscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(word)), op, value, 0, 0, 0)
}

func futexWake() func(int) {
	var word uint32
	return repeat(func() { futex(&word, futexWakePrivate, 1) })
}

// onTwoThreads runs both halves on threads of their own. A raw system call keeps its processor of the Go scheduler while it blocks,
// so that there have to be two.
func onTwoThreads(a, b func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	done := make(chan bool)
	go func() {
		runtime.LockOSThread()
		b()
		done <- true
	}()
	runtime.LockOSThread()
	a()
	runtime.UnlockOSThread()
	<-done
}

// await sleeps until *turn is mine.
func await(turn *uint32, mine uint32) {
	for {
		now := atomic.LoadUint32(turn)
		if now == mine {
			return
		}
		futex(turn, futexWaitPrivate, uintptr(now))
	}
}

func takeTurns(turn *uint32, mine uint32, n int) {
	for i := 0; i < n; i++ {
		await(turn, mine)
		atomic.StoreUint32(turn, 1-mine)
		futex(turn, futexWakePrivate, 1)
	}
}

func futexRoundTrip() func(int) {
	return func(n int) {
		turn := new(uint32)
		onTwoThreads(func() { takeTurns(turn, 0, n) }, func() { takeTurns(turn, 1, n) })
	}
}

func channelRoundTrip(locked bool) func() func(int) {
	lock := func() {
		if locked {
			runtime.LockOSThread()
		}
	}
	return func() func(int) {
		return func(n int) {
			ping, pong := make(chan int), make(chan int)
			go func() {
				lock()
				for ball := range ping {
					pong <- ball
				}
				close(pong)
			}()
			lock()
			for i := 0; i < n; i++ {
				ping <- i
				<-pong
			}
			close(ping)
			<-pong
			if locked {
				runtime.UnlockOSThread()
			}
		}
	}
}

func transfer(call uintptr, fd int, n int, then func()) {
	var byte [1]byte
	for i := 0; i < n; i++ {
		syscall.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(&byte)), 1)
		then()
	}
}

func pipeRoundTrip() func(int) {
	var there, back [2]int
	check(syscall.Pipe2(there[:], syscall.O_CLOEXEC))
	check(syscall.Pipe2(back[:], syscall.O_CLOEXEC))
	read := func(fd int) { transfer(syscall.SYS_READ, fd, 1, func() {}) }
	write := func(fd int) { transfer(syscall.SYS_WRITE, fd, 1, func() {}) }
	return func(n int) {
		onTwoThreads(
			func() { transfer(syscall.SYS_WRITE, there[1], n, func() { read(back[0]) }) },
			func() { transfer(syscall.SYS_READ, there[0], n, func() { write(back[1]) }) })
	}
}

// threadCreate ends each thread by ending a goroutine that is locked to it.
func threadCreate() func(int) {
	done := make(chan bool)
	return repeat(func() {
		go func() {
			runtime.LockOSThread()
			done <- true
		}()
		<-done
	})
}
