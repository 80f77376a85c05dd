// SPDX-License-Identifier: Apache-2.0

// Limit allocates far more than its memory limit, so that the collector and the scavenger must return memory all the time.
package main

import (
	"fmt"
	"runtime/debug"
)

func main() {
	debug.SetMemoryLimit(64 << 20)
	var kept [][]byte
	for i := 0; i < 400; i++ {
		block := make([]byte, 1<<20)
		for j := 0; j < len(block); j += 4096 {
			block[j] = byte(i)
		}
		kept = append(kept, block)
		if len(kept) > 32 {
			kept = kept[1:]
		}
	}
	fmt.Println("kept", len(kept), kept[0][0], kept[31][4096])
}
