// SPDX-License-Identifier: Apache-2.0

// Streams writes a lot to both outputs in turns; what goes where must not mix.
package main

import (
	"bytes"
	"fmt"
	"os"
)

func main() {
	for i := 0; i < 200; i++ {
		fmt.Printf("%05d out %s\n", i, bytes.Repeat([]byte{byte('a' + i%26)}, i*37%4000))
		fmt.Fprintf(os.Stderr, "%05d err %s\n", i, bytes.Repeat([]byte{byte('A' + i%26)}, i*53%4000))
	}
	big := make([]byte, 1<<20)
	for i := range big {
		big[i] = byte(i * i >> 8)
	}
	n, err := os.Stdout.Write(big)
	fmt.Fprintln(os.Stderr, n, err)
}
