// SPDX-License-Identifier: Apache-2.0

// Copy copies standard input to standard output, byte for byte, and tells on standard error how much.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	n, err := io.Copy(os.Stdout, os.Stdin)
	fmt.Fprintln(os.Stderr, n, "bytes", err)
	n2, err := os.Stdin.Read(make([]byte, 1))
	fmt.Fprintln(os.Stderr, "after the end:", n2, err)
}
