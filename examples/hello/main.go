// SPDX-License-Identifier: Apache-2.0

// Hello says hello, and from what kind of machine.
package main

import (
	"fmt"
	"runtime"
)

func main() {
	fmt.Printf("hello, world, from %s on %s\n", runtime.Version(), runtime.GOARCH)
}
