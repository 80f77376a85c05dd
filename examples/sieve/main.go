// SPDX-License-Identifier: Apache-2.0

// Sieve prints the first primes by a chain of goroutines, one per prime, that pass numbers on by channels.
package main

import (
	"flag"
	"fmt"
)

// count sends 2, 3, 4, ... to out.
func count(out chan<- int) {
	for n := 2; ; n++ {
		out <- n
	}
}

// filter passes on what prime doesn't divide.
func filter(in <-chan int, out chan<- int, prime int) {
	for n := range in {
		if n%prime != 0 {
			out <- n
		}
	}
}

func main() {
	primes := flag.Int("n", 20, "how many `primes` to print")
	flag.Parse()

	numbers := make(chan int)
	go count(numbers)
	for i := 0; i < *primes; i++ {
		prime := <-numbers
		fmt.Println(prime)
		rest := make(chan int)
		go filter(numbers, rest, prime)
		numbers = rest
	}
}
