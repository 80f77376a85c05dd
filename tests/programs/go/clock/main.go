// SPDX-License-Identifier: Apache-2.0

// Clock checks the shape of time: sleeps last, clocks don't go back, the date is in this century.
package main

import (
	"fmt"
	"time"
)

func neverBack(readings int) bool {
	last := time.Now()
	for i := 0; i < readings; i++ {
		now := time.Now()
		if now.Before(last) || now.Round(0).Before(last.Round(0)) {
			return false
		}
		last = now
	}
	return true
}

func moves() bool {
	start := time.Now()
	for i := 0; i < 1e8; i++ {
		if time.Since(start) > 0 {
			return true
		}
	}
	return false
}

func main() {
	start := time.Now()
	for _, d := range []time.Duration{0, time.Nanosecond, 50 * time.Microsecond, time.Millisecond, 30 * time.Millisecond} {
		before := time.Now()
		time.Sleep(d)
		fmt.Println("slept", d, time.Since(before) >= d)
	}
	fmt.Println("never back", neverBack(100000))
	fmt.Println("moves", moves())
	fmt.Println("year", start.Year() >= 2024 && start.Year() < 2100)
	fmt.Println("minute at most", time.Since(start) < time.Minute)
}
