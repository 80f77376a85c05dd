// SPDX-License-Identifier: Apache-2.0

// Cpus prints how many processors there are beside the number wanted, and checks that as many loops run at once.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
)

func main() {
	fmt.Println("as wanted", fmt.Sprint(runtime.NumCPU()) == os.Args[1], fmt.Sprint(runtime.GOMAXPROCS(0)) == os.Args[1])
	for _, n := range []int{1, 2, 8, 3} {
		runtime.GOMAXPROCS(n)
		var wg sync.WaitGroup
		sums := make([]uint32, n)
		for i := range sums {
			wg.Add(1)
			go func(i int) {
				defer wg.Done()
				for j := uint32(0); j < 1000000; j++ {
					sums[i] = sums[i]*1664525 + j
				}
			}(i)
		}
		wg.Wait()
		fmt.Println(runtime.GOMAXPROCS(0), sums)
	}
}
