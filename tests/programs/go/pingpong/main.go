// SPDX-License-Identifier: Apache-2.0

// Pingpong lets ten thousand goroutines hand a ball to their neighbours, then pairs of threads over channels.
package main

import (
	"fmt"
	"runtime"
)

func ring(goroutines, rounds int) int {
	first := make(chan int)
	in := first
	for i := 0; i < goroutines; i++ {
		out := make(chan int)
		go func(in, out chan int) {
			for ball := range in {
				out <- ball + 1
			}
			close(out)
		}(in, out)
		in = out
	}
	ball := 0
	for i := 0; i < rounds; i++ {
		first <- ball
		ball = <-in
	}
	close(first)
	<-in
	return ball
}

func threads(rounds int) int {
	ping, pong := make(chan int), make(chan int)
	go func() {
		runtime.LockOSThread()
		for ball := range ping {
			pong <- ball + 1
		}
		close(pong)
	}()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ball := 0
	for i := 0; i < rounds; i++ {
		ping <- ball
		ball = <-pong
	}
	close(ping)
	<-pong
	return ball
}

func main() {
	fmt.Println("ring", ring(10000, 10))
	fmt.Println("threads", threads(2000))
}
