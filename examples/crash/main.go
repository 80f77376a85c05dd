// SPDX-License-Identifier: Apache-2.0

// Crash recovers from one nil pointer and dies of the next: Go's trace on standard error, exit status 2.
package main

import "fmt"

type node struct {
	next *node
}

func walk(n *node, steps int) {
	for ; steps > 0; steps-- {
		n = n.next
	}
}

func tryWalk() {
	defer func() {
		fmt.Println("recovered:", recover())
	}()
	walk(nil, 1)
}

func main() {
	tryWalk()
	walk(&node{}, 2)
}
