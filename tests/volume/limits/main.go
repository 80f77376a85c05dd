// What a program meets at the ends of a volume: limits nospace|reclaim|sync FOLDER
package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// fill writes until that fails and says how much of it is there.
func fill(path string) {
	f, err := os.Create(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	block := make([]byte, 60000)
	total := 0
	for err == nil {
		var n int
		n, err = f.Write(block)
		total += n
	}
	info, statErr := f.Stat()
	fmt.Println(errors.Is(err, syscall.ENOSPC), total == int(info.Size()), total > 900000, statErr, f.Close())
}

func nospace() {
	fill("full")
	fmt.Println(errors.Is(os.WriteFile("another", make([]byte, 100000), 0o644), syscall.ENOSPC))
	fmt.Println(os.Remove("full"), os.Remove("another"))
	fmt.Println(os.WriteFile("small", make([]byte, 100000), 0o644))
	fill("full")
}

// reclaim reads a file that is larger than the machine's memory, and small ones in between, which stay right.
func reclaim() {
	for i := 0; i < 2; i++ {
		f, err := os.Open("big")
		if err != nil {
			fmt.Println(err)
			return
		}
		h := sha256.New()
		n, err := io.Copy(h, f)
		f.Close()
		small, smallErr := os.ReadFile("little")
		fmt.Printf("%d %x %v %q %v\n", n, h.Sum(nil), err, small, smallErr)
	}
}

func sync() {
	f, err := os.Create("synced")
	if err != nil {
		fmt.Println(err)
		return
	}
	f.WriteString("before")
	fmt.Println(f.Sync())
	f.WriteString("after")
	fmt.Println(syscall.Fdatasync(int(f.Fd())), f.Close())
}

func main() {
	if err := os.Chdir(os.Args[2]); err != nil {
		fmt.Println(err)
		return
	}
	map[string]func(){"nospace": nospace, "reclaim": reclaim, "sync": sync}[os.Args[1]]()
}
