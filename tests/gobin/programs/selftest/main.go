// Stores pointers in every way that the compiler guards by a write barrier, makes garbage, and looks whether what was stored
// is still what it was. Prints T<number> Y|N and what was stored to; the same whatever the collector does.
package main

import "sync/atomic"

type node struct {
	value       int
	left, right *node
	name        string
}

type shape interface{ area() int }
type square struct{ side *int }

func (s *square) area() int { return *s.side * *s.side }

var (
	globalNode  *node
	globalSlice []*node
	globalMap   map[string]*node
	globalShape shape
	globalFunc  func() int
	globalText  string
	globalArray [8]*node
	garbage     []byte
	failed      bool
)

const rounds = 200

// Dead memory, and memory that takes its place.
func churn() {
	for i := 0; i < 4; i++ {
		garbage = make([]byte, 512)
		for k := range garbage {
			garbage[k] = 0xa5
		}
	}
}

func number(n int) *int { return &n }

func global() bool {
	for i := 0; i < rounds; i++ {
		globalNode = &node{value: i}
		churn()
		if globalNode.value != i {
			return false
		}
	}
	return true
}

func fields() bool {
	root := &node{}
	globalNode = root
	for i := 0; i < rounds; i++ {
		root.left, root.right = &node{value: i}, &node{value: -i}
		churn()
		if root.left.value != i || root.right.value != -i {
			return false
		}
	}
	return true
}

func list() bool {
	globalNode = nil
	for i := 0; i < rounds; i++ {
		globalNode = &node{value: i, left: globalNode}
		churn()
	}
	want := rounds
	for at := globalNode; at != nil; at = at.left {
		if want--; at.value != want {
			return false
		}
	}
	return want == 0
}

func slices() bool {
	globalSlice = nil
	for i := 0; i < rounds; i++ {
		globalSlice = append(globalSlice, &node{value: i})
		churn()
	}
	copy(globalSlice[1:], globalSlice)
	for i := 1; i < rounds; i++ {
		if globalSlice[i].value != i-1 {
			return false
		}
	}
	return true
}

func texts() bool {
	globalText = ""
	for i := 0; i < rounds; i++ {
		globalText += string(rune('a' + i%26))
		churn()
	}
	for i := 0; i < rounds; i++ {
		if globalText[i] != byte('a'+i%26) {
			return false
		}
	}
	return true
}

func maps() bool {
	globalMap = map[string]*node{}
	for i := 0; i < rounds; i++ {
		key := string([]byte{byte('a' + i%26), byte('a' + i/26)})
		globalMap[key] = &node{value: i, name: key}
		churn()
	}
	for key, n := range globalMap {
		if n.name != key {
			return false
		}
	}
	return len(globalMap) == rounds
}

func interfaces() bool {
	for i := 0; i < rounds; i++ {
		globalShape = &square{number(i)}
		churn()
		if globalShape.area() != i*i {
			return false
		}
	}
	return true
}

func closures() bool {
	for i := 0; i < rounds; i++ {
		at := number(i)
		globalFunc = func() int { return *at }
		churn()
		if globalFunc() != i {
			return false
		}
	}
	return true
}

func arrays() bool {
	for i := 0; i < rounds; i++ {
		var local [8]*node
		for k := range local {
			local[k] = &node{value: i + k}
		}
		globalArray = local
		churn()
		for k := range globalArray {
			if globalArray[k].value != i+k {
				return false
			}
		}
	}
	return true
}

func structs() bool {
	all := make([]node, 16)
	for i := 0; i < rounds; i++ {
		all[i%16] = node{i, &node{value: i}, &node{value: i + 1}, "x"}
		churn()
		if n := &all[i%16]; n.left.value != i || n.right.value != i+1 {
			return false
		}
	}
	return true
}

func channels() bool {
	c := make(chan *node, 1)
	back := make(chan *node)
	go func() {
		for n := range c {
			back <- &node{value: n.value, left: n}
		}
		close(back)
	}()
	for i := 0; i < rounds; i++ {
		c <- &node{value: i}
		churn()
		if n := <-back; n.value != i || n.left.value != i {
			return false
		}
	}
	close(c)
	return true
}

func atomics() bool {
	var v atomic.Value
	for i := 0; i < rounds; i++ {
		v.Store(&node{value: i})
		churn()
		if v.Load().(*node).value != i {
			return false
		}
	}
	return true
}

func main() {
	tests := []struct {
		name string
		run  func() bool
	}{
		{"global pointer", global}, {"struct fields", fields}, {"linked list", list}, {"slices and copy", slices},
		{"strings", texts}, {"maps", maps}, {"interfaces", interfaces}, {"closures", closures},
		{"arrays", arrays}, {"whole structs", structs}, {"channels", channels}, {"atomic values", atomics},
	}
	for i, t := range tests {
		result := "Y"
		if !t.run() {
			result, failed = "N", true
		}
		println("T"+string(digits(i+1)), result, t.name)
	}
	if failed && stubs != nil {
		panic("a pointer was lost")
	}
}

func digits(n int) []byte {
	if n < 10 {
		return []byte{byte('0' + n)}
	}
	return append(digits(n/10), byte('0'+n%10))
}
