// SPDX-License-Identifier: Apache-2.0

// Scavenge gives memory back and takes it again: what make returns must be zero, whatever lay there before.
package main

import (
	"fmt"
	"runtime/debug"
)

func fill(blocks [][]byte) {
	for i := range blocks {
		blocks[i] = make([]byte, 1<<20)
		for j := range blocks[i] {
			blocks[i][j] = 0xaa
		}
	}
}

func dirty(block []byte) bool {
	for _, b := range block {
		if b != 0 {
			return true
		}
	}
	return false
}

func main() {
	blocks := make([][]byte, 64)
	for round := 0; round < 3; round++ {
		fill(blocks)
		for i := range blocks {
			blocks[i] = nil
		}
		debug.FreeOSMemory()
		count := 0
		for i := range blocks {
			blocks[i] = make([]byte, 1<<20)
			if dirty(blocks[i]) {
				count++
			}
		}
		fmt.Println("round", round, "dirty", count)
	}
}
