// SPDX-License-Identifier: Apache-2.0

// Wc counts the lines, words and bytes of its standard input.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode"
)

type counts struct {
	lines, words, bytes int
}

func count(r *bufio.Reader) (c counts, err error) {
	inWord := false
	for {
		char, size, err := r.ReadRune()
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if err != nil {
			return c, err
		}
		c.bytes += size
		if char == '\n' {
			c.lines++
		}
		if space := unicode.IsSpace(char); space == inWord {
			inWord = !space
			if inWord {
				c.words++
			}
		}
	}
}

func main() {
	c, err := count(bufio.NewReader(os.Stdin))
	if err != nil {
		fmt.Fprintln(os.Stderr, "wc:", err)
		os.Exit(1)
	}
	fmt.Printf("%d lines, %d words, %d bytes\n", c.lines, c.words, c.bytes)
}
