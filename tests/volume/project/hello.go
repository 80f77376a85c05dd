// A program to be compiled, linked and vetted on a machine without an operating system.
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
)

func main() {
	words := strings.Fields("compiled and linked on bare metal")
	sort.Strings(words)
	fmt.Printf("%v %d\n", words, len(os.Args))
	fmt.Printf("%d\n", "what vet complains about")
}
