// SPDX-License-Identifier: Apache-2.0

// Interleave runs two busy loops that never yield on one processor: neither may wait until the other has finished.
package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
)

func main() {
	runtime.GOMAXPROCS(1)
	var turns [2]int64
	var last int64 = -1
	var switches int64
	done := make(chan bool)
	for id := int64(0); id < 2; id++ {
		go func(id int64) {
			for atomic.LoadInt64(&switches) < 6 {
				if atomic.SwapInt64(&last, id) != id {
					atomic.AddInt64(&switches, 1)
				}
				atomic.AddInt64(&turns[id], 1)
			}
			done <- true
		}(id)
	}
	<-done
	<-done
	fmt.Println("both ran", turns[0] > 1000 && turns[1] > 1000, "in turns", switches >= 6)
}
