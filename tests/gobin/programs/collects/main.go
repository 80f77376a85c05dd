// Runs the collector itself: its write barriers must not be taken away.
package main

import "runtime"

var kept *int

func main() {
	kept = new(int)
	runtime.GC()
	println(*kept)
}
