// SPDX-License-Identifier: Apache-2.0

// Mutex contends for locks on every processor: Mutex, RWMutex, Cond, Once and atomics, from locked threads too.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

func each(workers int, locked bool, work func()) {
	var wg sync.WaitGroup
	for i := 0; i < workers; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if locked {
				runtime.LockOSThread()
			}
			work()
		}()
	}
	wg.Wait()
}

func count(locked bool) (n int) {
	var mu sync.Mutex
	each(8, locked, func() {
		for i := 0; i < 5000; i++ {
			mu.Lock()
			n++
			if i%64 == 0 {
				runtime.Gosched()
			}
			mu.Unlock()
		}
	})
	return n
}

func readersAndWriters() (n int, torn int32) {
	var mu sync.RWMutex
	var a, b int
	each(8, false, func() {
		for i := 0; i < 2000; i++ {
			if i%8 == 0 {
				mu.Lock()
				a++
				b--
				mu.Unlock()
				continue
			}
			mu.RLock()
			if a+b != 0 {
				atomic.AddInt32(&torn, 1)
			}
			mu.RUnlock()
		}
	})
	return a, torn
}

func queue() (sum int) {
	var mu sync.Mutex
	var full []int
	ready := sync.NewCond(&mu)
	go each(4, true, func() {
		for i := 1; i <= 500; i++ {
			mu.Lock()
			full = append(full, i)
			mu.Unlock()
			ready.Signal()
		}
	})
	for taken := 0; taken < 2000; {
		mu.Lock()
		for len(full) == 0 {
			ready.Wait()
		}
		for _, n := range full {
			sum += n
		}
		taken += len(full)
		full = nil
		mu.Unlock()
	}
	return sum
}

func main() {
	fmt.Println("mutex", count(false))
	fmt.Println("mutex, threads", count(true))
	n, torn := readersAndWriters()
	fmt.Println("rwmutex", n, torn)
	fmt.Println("cond", queue())
	var once sync.Once
	var runs, total int64
	each(16, true, func() {
		once.Do(func() { runs++ })
		for i := 0; i < 1000; i++ {
			atomic.AddInt64(&total, 1)
		}
	})
	fmt.Println("once", runs, "atomic", total)
}
