// A program that doesn't get out of an initialisation.
package main

import "time"

var x = slow()

func slow() int {
	time.Sleep(time.Hour)
	return 1
}

func main() { println(x) }
