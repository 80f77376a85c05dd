// SPDX-License-Identifier: Apache-2.0

// Storm has everything that wakes, moves or interrupts threads going at once: locked threads over channels, condition variables,
// threads that come and go, signals to the process and to threads, timers, sleeps, pipes, collections, processors that are taken away.
// Each part does a fixed amount of work, so that one wake-up lost anywhere is a program that doesn't end.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

func lockedPair(rounds int) {
	ping, pong := make(chan int), make(chan int)
	go func() {
		runtime.LockOSThread()
		for ball := range ping {
			pong <- ball + 1
		}
		close(pong)
	}()
	runtime.LockOSThread()
	for i := 0; i < rounds; i++ {
		ping <- i
		<-pong
	}
	close(ping)
	<-pong
}

func threads(rounds int) {
	for i := 0; i < rounds; i++ {
		done := make(chan bool)
		go func() {
			runtime.LockOSThread()
			done <- true
		}()
		<-done
	}
}

func conditions(rounds int) {
	var mu sync.Mutex
	turn := sync.NewCond(&mu)
	now := 0
	var wg sync.WaitGroup
	for me := 0; me < 4; me++ {
		wg.Add(1)
		go func(me int) {
			defer wg.Done()
			runtime.LockOSThread()
			mu.Lock()
			for ; now < rounds; now++ {
				for now < rounds && now%4 != me {
					turn.Wait()
				}
				turn.Broadcast()
			}
			mu.Unlock()
			turn.Broadcast()
		}(me)
	}
	wg.Wait()
}

// rawFutex hands a word back and forth between two threads by the system call itself.
func rawFutex(rounds int) {
	word := new(uint32)
	futex := func(op, value uintptr) {
		syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(word)), op, value, 0, 0, 0)
	}
	side := func(mine uint32) {
		runtime.LockOSThread()
		for i := 0; i < rounds; i++ {
			for now := atomic.LoadUint32(word); now != mine; now = atomic.LoadUint32(word) {
				futex(0, uintptr(now))
			}
			atomic.StoreUint32(word, 1-mine)
			futex(1, 1)
		}
	}
	done := make(chan bool)
	go func() { side(1); done <- true }()
	side(0)
	<-done
}

func pipes(rounds int) {
	var there, back [2]int
	syscall.Pipe(there[:])
	syscall.Pipe(back[:])
	go func() {
		var b [1]byte
		for i := 0; i < rounds; i++ {
			for n, _ := syscall.Read(there[0], b[:]); n != 1; n, _ = syscall.Read(there[0], b[:]) {
			}
			syscall.Write(back[1], b[:])
		}
	}()
	var b [1]byte
	for i := 0; i < rounds; i++ {
		syscall.Write(there[1], b[:])
		for n, _ := syscall.Read(back[0], b[:]); n != 1; n, _ = syscall.Read(back[0], b[:]) {
		}
	}
}

var caught uint64

// signals waits for each signal that it sends, so that none may be lost.
func signals(rounds int) {
	c := make(chan os.Signal, 8)
	signal.Notify(c, syscall.SIGUSR1)
	for i := 0; i < rounds; i++ {
		if i%2 == 0 {
			syscall.Kill(os.Getpid(), syscall.SIGUSR1)
		} else {
			syscall.Tgkill(os.Getpid(), os.Getpid(), syscall.SIGUSR1)
		}
		<-c
		atomic.AddUint64(&caught, 1)
	}
}

func sleeps(rounds int) {
	for i := 0; i < rounds; i++ {
		time.Sleep(time.Duration(i%300) * time.Microsecond)
		t := time.NewTimer(time.Duration(i%7) * 100 * time.Microsecond)
		if i%3 == 0 {
			t.Stop()
		} else {
			<-t.C
		}
	}
}

// moves takes processors away from its thread and gives them back.
func moves(rounds int) {
	runtime.LockOSThread()
	for i := 0; i < rounds; i++ {
		mask := uint64(1) << (i % runtime.NumCPU())
		if i%5 == 4 {
			mask = ^uint64(0)
		}
		syscall.RawSyscall(syscall.SYS_SCHED_SETAFFINITY, 0, 8, uintptr(unsafe.Pointer(&mask)))
	}
}

func spins(rounds int) {
	for i := 0; i < rounds; i++ {
		for end := time.Now().Add(200 * time.Microsecond); time.Now().Before(end); {
		}
		runtime.Gosched()
	}
}

func collections(rounds int) {
	var keep [][]byte
	for i := 0; i < rounds; i++ {
		keep = append(keep, make([]byte, 50000))
		if i%20 == 0 {
			runtime.GC()
			keep = keep[len(keep)/2:]
		}
	}
}

func main() {
	parts := []func(int){lockedPair, threads, conditions, rawFutex, pipes, signals, sleeps, moves, spins, collections, lockedPair, rawFutex}
	rounds := 150
	var wg sync.WaitGroup
	for _, part := range parts {
		wg.Add(1)
		go func(part func(int)) {
			defer wg.Done()
			part(rounds)
		}(part)
	}
	wg.Wait()
	fmt.Println("calm after", caught, "signals")
}
