// Stays in a function that has no frame and calls nothing, so that its caller is known by the link register alone.
package main

import "runtime"

// The main goroutine stays on the main thread, which takes the signals that come for the process.
func init() {
	runtime.LockOSThread()
}

//go:noinline
func leaf(n uint64) uint64 {
	for i := uint64(1); i != 0; i += 2 {
		n ^= i
	}
	return n
}

//go:noinline
func middle(n uint64) uint64 {
	var pad [4]uint64
	pad[n%4] = leaf(n)
	return pad[0] + pad[1]
}

func main() {
	println("ready")
	println(middle(3))
}
