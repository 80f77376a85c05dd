// SPDX-License-Identifier: Apache-2.0

// Spin must stop goroutines that never call anything: by a timer, by a collection, by the end of main.
package main

import (
	"fmt"
	"runtime"
	"time"
)

func main() {
	runtime.GOMAXPROCS(1)
	for i := 0; i < 3; i++ {
		go func() {
			for {
			}
		}()
	}
	<-time.After(20 * time.Millisecond)
	fmt.Println("the timer came through")
	runtime.GC()
	fmt.Println("the collector stopped the world")
	runtime.GOMAXPROCS(4)
	runtime.GC()
	fmt.Println("and again with four")
}
