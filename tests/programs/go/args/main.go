// SPDX-License-Identifier: Apache-2.0

// Args prints its arguments and two environment variables, one set and one not, and ends with the status in its first argument.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	for i, arg := range os.Args[1:] {
		fmt.Printf("%d %q\n", i+1, arg)
	}
	for _, name := range []string{"SET", "EMPTY", "UNSET"} {
		value, ok := os.LookupEnv(name)
		fmt.Printf("%s %q %v\n", name, value, ok)
	}
	status, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 99
	}
	os.Exit(status)
}
