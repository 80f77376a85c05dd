// SPDX-License-Identifier: Apache-2.0

// Println needs no package but the runtime: the shortest way from reset to main.
package main

func main() {
	println("hello, world")
}
