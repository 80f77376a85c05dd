// SPDX-License-Identifier: Apache-2.0

// Registers keeps floating point and vector registers busy on more threads than processors, with preemption and collections between.
package main

import (
	"crypto/sha256"
	"fmt"
	"math"
	"runtime"
	"sync"
)

func series(seed float64) float64 {
	a, b, c, d := seed, seed*2, seed*3, seed*5
	for i := 1; i <= 300000; i++ {
		x := float64(i)
		a += math.Sqrt(x + b*1e-9)
		b += a / x
		c = math.FMA(c, 0.999, d)
		d = d*0.5 + x/(c+1)
	}
	return a + b + c + d
}

func digest(seed byte) [32]byte {
	data := make([]byte, 1<<20)
	for i := range data {
		data[i] = seed + byte(i)
	}
	return sha256.Sum256(data)
}

func main() {
	const workers = 8
	var floats [workers]float64
	var digests [workers][32]byte
	var wg sync.WaitGroup
	for i := 0; i < workers; i++ {
		wg.Add(2)
		go func(i int) {
			defer wg.Done()
			runtime.LockOSThread()
			floats[i] = series(float64(i%2 + 1))
		}(i)
		go func(i int) {
			defer wg.Done()
			digests[i] = digest(byte(i % 2))
		}(i)
	}
	for i := 0; i < 5; i++ {
		runtime.GC()
	}
	wg.Wait()
	for i := 0; i < workers; i++ {
		fmt.Printf("%x %x\n", math.Float64bits(floats[i]), digests[i][:8])
	}
}
