// SPDX-License-Identifier: Apache-2.0

package main

import "fmt"

const (
	eachKiB = 64 // that a connection may take: a goroutine with a buffer of 32 KiB, the kernel's part
	heapKiB = 4096
)

// runCrowd holds n connections, twice: what a crowd takes is bounded, and the second leaves nothing that the first hasn't left.
func runCrowd(n int, echo, stateAt string) int {
	failed, left := 0, 0
	for round := 1; round <= 2; round++ {
		before, err := state(stateAt)
		if err != nil {
			return report("the guest serves", err)
		}
		failed += report(fmt.Sprintf("%d connections", n), hold(echo, n, func() error { return bounded(stateAt, before, n) }))
		failed += report("no goroutine and no connection is left", settled(stateAt, before))
		after, err := state(stateAt)
		if err == nil && round == 2 && after.freeKiB < left-heapKiB {
			err = fmt.Errorf("%d KiB were free after one crowd, %d are after another", left, after.freeKiB)
		}
		failed += report("memory after a crowd", err)
		left = after.freeKiB
	}
	if failed > 0 {
		return 1
	}
	return 0
}

// bounded looks at what n connections take while they are held.
func bounded(stateAt string, before account, n int) error {
	now, err := state(stateAt)
	if err != nil {
		return err
	}
	used := before.freeKiB - now.freeKiB
	fmt.Printf("# %d KiB for each of %d connections\n", used/n, n)
	if now.sockets < before.sockets+n || used > n*eachKiB {
		return fmt.Errorf("before: %+v, with %d connections: %+v", before, n, now)
	}
	return nil
}
