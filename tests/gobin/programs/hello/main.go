// The smallest program with something to find in it: an inlined call, a pointer store, a goroutine.
package main

type node struct{ next, prev *node }

var head *node

func push(n *node) {
	n.next = head
	head = n
}

//go:noinline
func count() (n int) {
	for at := head; at != nil; at = at.next {
		n++
	}
	return n
}

func main() {
	push(&node{})
	push(&node{prev: head})
	done := make(chan int)
	go func() { done <- count() }()
	println("hello", <-done)
}
