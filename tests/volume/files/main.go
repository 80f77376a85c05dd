// What programs do with the files of a folder, in the folder that the first argument names. The words that it prints and the files that it
// leaves are the same on Linux and, for a volume, on a machine.
//
//	files DIR          all of it
//	files DIR readonly what a read-only volume answers
//	files DIR watch    for each line of input, what DIR/watched says
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// errno is what an error of os boils down to.
func errno(err error) string {
	var e syscall.Errno
	if errors.As(err, &e) {
		return e.Error()
	}
	return fmt.Sprint(err)
}

func sum(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b))[:16] }

func sumOf(name string) string {
	b, err := os.ReadFile(name)
	if err != nil {
		return errno(err)
	}
	return fmt.Sprintf("%d %s", len(b), sum(b))
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*i>>7 ^ i)
	}
	return b
}

func mapFile(f *os.File, n int, prot, flags int) []byte {
	m, err := syscall.Mmap(int(f.Fd()), 0, n, prot, flags)
	must(err)
	return m
}

func msync(m []byte) {
	_, _, e := syscall.Syscall(syscall.SYS_MSYNC, uintptr(unsafe.Pointer(&m[0])), uintptr(len(m)), 4)
	if e != 0 {
		panic(e)
	}
}

// Shared mappings and system calls see each other's changes; a private one's are its own.
func mappings() {
	const size = 20*4096 + 100
	must(os.WriteFile("mapped", pattern(size), 0o644))
	f, err := os.OpenFile("mapped", os.O_RDWR, 0)
	must(err)
	shared := mapFile(f, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	private := mapFile(f, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE)
	fmt.Println("mapped", sum(shared), sum(private[4096:8192]))
	copy(shared[5*4096-3:], "across pages")
	copy(private[4096:], "nobody else's")
	b := make([]byte, 12)
	f.ReadAt(b, 5*4096-3)
	fmt.Printf("read %q\n", b)
	f.WriteAt([]byte("by write"), 100)
	fmt.Printf("shared %q private %q\n", shared[100:108], private[100:108])
	msync(shared)
	fmt.Println("after msync", sumOf("mapped"))
	copy(shared[:], "again") // after it was written back
	copy(shared[size-4:], "end.")
	must(syscall.Munmap(shared))
	must(syscall.Munmap(private))
	fmt.Println("after munmap", sumOf("mapped"))
	must(f.Truncate(3*4096 + 7))
	must(f.Truncate(8 * 4096))
	must(f.Close())
	fmt.Println("truncated", sumOf("mapped"))
}

// A mapping that is never unmapped, and a file that is closed before: the end of the program writes it back.
func mappedAtTheEnd() {
	must(os.WriteFile("late", make([]byte, 3*4096), 0o644))
	f, err := os.OpenFile("late", os.O_RDWR, 0)
	must(err)
	m := mapFile(f, 3*4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	f.Close()
	copy(m[4096:], "written to memory alone")
}

func large() {
	data := pattern(5<<20 + 123)
	f, err := os.Create("large")
	must(err)
	for i, n := 0, 1; i < len(data); n = n*3 + 1 {
		if n > 700000 {
			n = 1
		}
		end := i + n
		if end > len(data) {
			end = len(data)
		}
		k, err := f.Write(data[i:end])
		must(err)
		i += k
	}
	var wg sync.WaitGroup
	wrong := make([]int, 8)
	for g := range wrong {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			b := make([]byte, 70001)
			for i := 0; i < 40; i++ {
				at := (i*g*104729 + i*7919) % (len(data) - len(b))
				if _, err := f.ReadAt(b, int64(at)); err != nil || !bytes.Equal(b, data[at:at+len(b)]) {
					wrong[g]++
				}
			}
		}(g)
	}
	wg.Wait()
	must(f.Sync())
	must(f.Close())
	fmt.Println("large", wrong, sumOf("large"))
	f, _ = os.Open("large")
	n, err := io.Copy(io.Discard, bufio.NewReaderSize(f, 512))
	fmt.Println("copied", n, err)
	f.Close()
}

func appending() {
	var wg sync.WaitGroup
	for g := 0; g < 8; g++ {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			f, err := os.OpenFile("log", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			must(err)
			for i := 0; i < 50; i++ {
				fmt.Fprintf(f, "goroutine %d line %d\n", g, i)
			}
			must(f.Close())
		}(g)
	}
	wg.Wait()
	b, _ := os.ReadFile("log")
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	sort.Strings(lines)
	must(os.WriteFile("log", []byte(strings.Join(lines, "\n")), 0))
	fmt.Println("log", len(lines), sumOf("log"))
}

func manyNames() {
	must(os.Mkdir("many", 0o755))
	for i := 0; i < 1200; i++ {
		must(os.WriteFile(fmt.Sprintf("many/a name that takes some room, number %d", i), nil, 0o644))
	}
	d, err := os.Open("many")
	must(err)
	seen := map[string]bool{}
	for {
		names, err := d.Readdirnames(100)
		for _, n := range names {
			seen[n] = true
			if strings.HasSuffix(n, "7") {
				must(os.Remove("many/" + n))
			}
		}
		if err == io.EOF {
			break
		}
		must(err)
	}
	d.Close()
	left, _ := os.ReadDir("many")
	fmt.Println("many", len(seen), len(left), left[1].Name())
	must(os.RemoveAll("many"))
	fmt.Println(errno(os.Remove("many")))
}

func withoutNames() {
	f, err := os.Create("gone")
	must(err)
	f.WriteString("this has no name any more")
	must(os.Remove("gone"))
	b := make([]byte, 100)
	n, err := f.ReadAt(b, 5)
	st, _ := f.Stat()
	fmt.Printf("%q %v %d %d\n", b[:n], err, st.Size(), st.Sys().(*syscall.Stat_t).Nlink)
	must(f.Truncate(4))
	f.WriteAt([]byte("far"), 9000)
	n, _ = f.ReadAt(b, 0)
	st, _ = f.Stat()
	fmt.Printf("%q %d\n", b[:10], st.Size())
	f.Close()

	must(os.WriteFile("old", []byte("old"), 0o644))
	must(os.WriteFile("new", []byte("new!"), 0o644))
	f, _ = os.Open("old")
	must(os.Rename("new", "old"))
	n, _ = f.Read(b)
	fmt.Printf("%q %s\n", b[:n], sumOf("old"))
	f.Close()
}

func names() {
	must(os.MkdirAll("d/e/f", 0o750))
	must(os.Symlink("e/f", "d/link"))
	must(os.Symlink("nowhere", "dangling"))
	must(os.WriteFile("d/link/file", []byte("x"), 0o640))
	must(os.Link("d/e/f/file", "second"))
	st, _ := os.Stat("second")
	fmt.Println(st.Sys().(*syscall.Stat_t).Nlink, st.Mode())
	to, _ := filepath.EvalSymlinks("d/link/file")
	text, _ := os.Readlink("dangling")
	fmt.Println(to, text)
	must(os.Rename("d/e", "d/moved"))
	_, err := os.Stat("d/link/file")
	fmt.Println(errno(err), sumOf("d/moved/f/file"))
	must(os.Chmod("second", 0o4711))
	must(os.Chtimes("second", time.Unix(1000000000, 5), time.Unix(1234567890, 123456789)))
	st, _ = os.Lstat("d/moved/f/file")
	fmt.Println(st.Mode(), st.ModTime().UnixNano())
	f, _ := os.Create("sparse")
	f.WriteAt([]byte("after a hole"), 10<<20)
	f.Close()
	fmt.Println("sparse", sumOf("sparse"))
	must(os.Truncate("sparse", 1<<20))
	fmt.Println("sparse", sumOf("sparse"))
}

func wrong() {
	_, err := os.Open("nowhere")
	fmt.Println(errno(err))
	_, err = os.Open("second/x")
	fmt.Println(errno(err))
	_, err = os.OpenFile("d", os.O_WRONLY, 0)
	fmt.Println(errno(err))
	_, err = os.OpenFile("second", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	fmt.Println(errno(err))
	fmt.Println(errno(syscall.Rmdir("d")), errno(syscall.Unlink("d")), errno(os.Mkdir("d", 0o755)))
	must(os.Symlink("loop", "loop"))
	_, err = os.Stat("loop")
	fmt.Println(errno(err), errno(os.Rename("d", "d/x")), errno(os.Link("d", "hard")))
	_, err = os.Create(strings.Repeat("n", 256))
	fmt.Println(errno(err))
	f, _ := os.Open("d")
	_, err = f.Read(make([]byte, 1))
	fmt.Println(errno(err))
	f.Close()
}

func locks() {
	a, _ := os.Create("lock")
	b, _ := os.Open("lock")
	fmt.Println(errno(syscall.Flock(int(a.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)), errno(syscall.Flock(int(b.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)))
	a.Close()
	fmt.Println(errno(syscall.Flock(int(b.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)))
	b.Close()
}

func watching() {
	must(os.Mkdir("watched.d", 0o755))
	fd, err := syscall.InotifyInit1(syscall.IN_NONBLOCK)
	must(err)
	_, err = syscall.InotifyAddWatch(fd, "watched.d", syscall.IN_CREATE|syscall.IN_MODIFY|syscall.IN_DELETE|syscall.IN_MOVE|syscall.IN_DELETE_SELF)
	must(err)
	must(os.WriteFile("watched.d/x", []byte("x"), 0o644))
	must(os.Rename("watched.d/x", "watched.d/y"))
	must(os.Remove("watched.d/y"))
	must(os.Remove("watched.d"))
	buf := make([]byte, 4096)
	n, err := syscall.Read(fd, buf)
	must(err)
	for at := 0; at < n; {
		e := (*syscall.InotifyEvent)(unsafe.Pointer(&buf[at]))
		name := strings.TrimRight(string(buf[at+16:at+16+int(e.Len)]), "\x00")
		fmt.Printf("event %x %s\n", e.Mask, name)
		at += 16 + int(e.Len)
	}
	syscall.Close(fd)
}

// Many at once make the same folders and look at them meanwhile.
func together() {
	var wg sync.WaitGroup
	bad := make([]int, 16)
	for g := range bad {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			for i := 0; i < 30; i++ {
				dir := fmt.Sprintf("t/%d/%d", i, g%4)
				name := fmt.Sprintf("%s/%d", dir, g)
				if os.MkdirAll(dir, 0o755) != nil || os.WriteFile(name, []byte(name), 0o644) != nil {
					bad[g]++
				}
				if b, err := os.ReadFile(name); err != nil || string(b) != name {
					bad[g]++
				}
				if i%3 == 0 && os.Rename(name, name+"-moved") != nil {
					bad[g]++
				}
			}
		}(g)
	}
	wg.Wait()
	fmt.Println("together", bad)
}

func readonly() {
	b, err := os.ReadFile("second")
	fmt.Printf("%q %v\n", b, err)
	_, err = os.Create("x")
	fmt.Println(errno(err), errno(os.Mkdir("y", 0o755)), errno(os.Remove("second")), errno(os.Chmod("second", 0o600)))
	_, err = os.OpenFile("second", os.O_RDWR, 0)
	fmt.Println(errno(err), errno(os.Rename("second", "z")), errno(os.Truncate("second", 0)), errno(os.Symlink("a", "b")))
}

func watch() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		b, err := os.ReadFile("watched")
		fmt.Printf("%q %v\n", b, err)
	}
}

func main() {
	must(os.Chdir(os.Args[1]))
	if len(os.Args) > 2 {
		map[string]func(){"readonly": readonly, "watch": watch}[os.Args[2]]()
		return
	}
	for _, step := range []func(){mappings, large, appending, manyNames, withoutNames, names, wrong, locks, watching, together, mappedAtTheEnd} {
		step()
	}
}
