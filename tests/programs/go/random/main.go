// SPDX-License-Identifier: Apache-2.0

// Random asks for randomness in many sizes: no two answers alike, every bit both ways.
package main

import (
	"crypto/rand"
	"fmt"
)

func main() {
	seen := make(map[string]bool)
	for i := 0; i < 200; i++ {
		bytes := make([]byte, 16+i*7)
		if n, err := rand.Read(bytes); n != len(bytes) || err != nil {
			fmt.Println(i, n, err)
		}
		seen[string(bytes[:16])] = true
	}
	fmt.Println("different", len(seen))
	var and, or byte = 0xff, 0
	bytes := make([]byte, 1<<16)
	rand.Read(bytes)
	for _, b := range bytes {
		and, or = and&b, or|b
	}
	fmt.Println("bits", and, or)
}
