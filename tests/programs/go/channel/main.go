// SPDX-License-Identifier: Apache-2.0

// Channel passes numbers between two goroutines and back, unbuffered and buffered, with select and close.
package main

import "fmt"

func double(in <-chan int, out chan<- int, quit chan<- struct{}) {
	for n := range in {
		out <- 2 * n
	}
	close(quit)
}

func run(buffer int) (sum int) {
	in, out, quit := make(chan int, buffer), make(chan int, buffer), make(chan struct{})
	go double(in, out, quit)
	go func() {
		for i := 1; i <= 1000; i++ {
			in <- i
		}
		close(in)
	}()
	for {
		select {
		case n := <-out:
			sum += n
		case <-quit:
			for len(out) > 0 {
				sum += <-out
			}
			return sum
		}
	}
}

func main() {
	for _, buffer := range []int{0, 1, 100} {
		fmt.Println(buffer, run(buffer))
	}
}
