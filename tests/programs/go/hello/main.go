// SPDX-License-Identifier: Apache-2.0

// Hello goes through fmt and os.
package main

import "fmt"

func main() {
	fmt.Println("hello, world")
}
