// SPDX-License-Identifier: Apache-2.0

// Threads keeps many OS threads alive at once, lets them meet, end and be replaced.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// meet starts threads that all wait for each other before they end, locked, so that each needs a thread that dies with it.
func meet(threads int) int {
	var arrived, gone sync.WaitGroup
	ids := make([]int, threads)
	open := make(chan struct{})
	for i := range ids {
		arrived.Add(1)
		gone.Add(1)
		go func(i int) {
			defer gone.Done()
			runtime.LockOSThread()
			ids[i] = syscall.Gettid()
			arrived.Done()
			<-open
		}(i)
	}
	arrived.Wait()
	close(open)
	gone.Wait()
	different := make(map[int]bool)
	for _, id := range ids {
		different[id] = true
	}
	return len(different)
}

// block has threads asleep in the kernel, not in the Go scheduler.
func block(threads int) bool {
	var wg sync.WaitGroup
	start := time.Now()
	for i := 0; i < threads; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			nap := syscall.NsecToTimespec(int64(20 * time.Millisecond))
			syscall.Nanosleep(&nap, nil)
		}()
	}
	wg.Wait()
	return time.Since(start) >= 20*time.Millisecond
}

func main() {
	for round := 0; round < 5; round++ {
		fmt.Println("met", meet(50))
	}
	fmt.Println("blocked", block(50))
	fmt.Println("self is the first thread's process", syscall.Getpid() > 0)
}
