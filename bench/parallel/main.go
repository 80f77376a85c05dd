// SPDX-License-Identifier: Apache-2.0

// Parallel times work that keeps every processor busy: what the scheduler, the futex and the memory of a kernel do to real programs.
// It prints "NAME<tab>MILLISECONDS" lines, the least of three runs. ONLY in its environment names the one to do.
package main

import (
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"sort"
	"sync"
	"time"
)

type tree struct{ left, right *tree }

func grow(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{grow(depth - 1), grow(depth - 1)}
}

func (t *tree) count() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

// each runs work on that many goroutines and waits for all.
func each(goroutines int, work func(i int)) {
	var wg sync.WaitGroup
	for i := 0; i < goroutines; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			work(i)
		}(i)
	}
	wg.Wait()
}

func binaryTrees() {
	long := grow(14)
	each(32, func(int) {
		for i := 0; i < 4; i++ {
			grow(12).count()
		}
	})
	runtime.KeepAlive(long)
}

func ring() {
	const goroutines = 100000
	first := make(chan int)
	in := first
	for i := 0; i < goroutines; i++ {
		out := make(chan int)
		go func(in, out chan int) { out <- <-in + 1 }(in, out)
		in = out
	}
	first <- 0
	if <-in != goroutines {
		panic("lost count")
	}
}

func contendedMutex() {
	var mu sync.Mutex
	var n int
	each(16, func(int) {
		for i := 0; i < 20000; i++ {
			mu.Lock()
			n++
			mu.Unlock()
		}
	})
}

func parallelSort() {
	const parts, length = 16, 50000
	random := rand.New(rand.NewSource(1))
	numbers := make([]int, parts*length)
	for i := range numbers {
		numbers[i] = random.Int()
	}
	each(parts, func(i int) { sort.Ints(numbers[i*length : (i+1)*length]) })
	for width := length; width < len(numbers); width *= 2 {
		merged := make([]int, len(numbers))
		each(len(numbers)/(2*width), func(i int) {
			low := i * 2 * width
			merge(merged[low:low+2*width], numbers[low:low+width], numbers[low+width:low+2*width])
		})
		numbers = merged
	}
	if !sort.IntsAreSorted(numbers) {
		panic("not sorted")
	}
}

func merge(to, a, b []int) {
	for i := range to {
		if len(b) == 0 || len(a) > 0 && a[0] <= b[0] {
			to[i], a = a[0], a[1:]
		} else {
			to[i], b = b[0], b[1:]
		}
	}
}

// threadPairs lets pairs of threads, not goroutines, take turns.
func threadPairs() {
	each(4, func(int) {
		ping, pong := make(chan int), make(chan int)
		go func() {
			runtime.LockOSThread()
			for i := range ping {
				pong <- i
			}
		}()
		runtime.LockOSThread()
		for i := 0; i < 2000; i++ {
			ping <- i
			<-pong
		}
		close(ping)
	})
}

func main() {
	for _, work := range []struct {
		name string
		run  func()
	}{
		{"binary trees", binaryTrees},
		{"ring of 100,000 goroutines", ring},
		{"contended mutex", contendedMutex},
		{"parallel sort", parallelSort},
		{"pairs of threads", threadPairs},
	} {
		if only := os.Getenv("ONLY"); only != "" && only != work.name {
			continue
		}
		best := time.Hour
		for i := 0; i < 3; i++ {
			runtime.GC()
			start := time.Now()
			work.run()
			if took := time.Since(start); took < best {
				best = took
			}
		}
		fmt.Printf("%s\t%.1f\n", work.name, float64(best.Microseconds())/1000)
	}
	fmt.Println("measured")
}
