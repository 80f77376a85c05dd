// SPDX-License-Identifier: Apache-2.0

// Torture allocates trees in many goroutines; run with GOGC=1 the collector never rests.
package main

import (
	"fmt"
	"sync"
)

type node struct {
	left, right *node
	label       string
}

func grow(depth int) *node {
	if depth == 0 {
		return &node{label: "leaf"}
	}
	return &node{grow(depth - 1), grow(depth - 1), fmt.Sprint("level ", depth)}
}

func (n *node) count() int {
	if n.left == nil {
		return len(n.label)
	}
	return len(n.label) + n.left.count() + n.right.count()
}

func main() {
	const goroutines = 100
	sums := make([]int, goroutines)
	var wg sync.WaitGroup
	for g := range sums {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			for round := 0; round < 3; round++ {
				sums[g] += grow(7).count()
			}
		}(g)
	}
	wg.Wait()
	for _, sum := range sums {
		if sum != sums[0] {
			fmt.Println("different", sum, sums[0])
		}
	}
	fmt.Println(sums[0])
}
