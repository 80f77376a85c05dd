// SPDX-License-Identifier: Apache-2.0

// Clock prints the time of day ten times a second, for a second, beside a goroutine that never stops computing.
package main

import (
	"fmt"
	"time"
)

func main() {
	go func() {
		for {
		}
	}()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for i := 0; i < 10; i++ {
		fmt.Println((<-tick.C).UTC().Format("2006-01-02 15:04:05.000"))
	}
}
