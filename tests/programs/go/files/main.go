// SPDX-License-Identifier: Apache-2.0

// Files works on a temporary folder as programs do: create, write, seek, list, rename, link, remove.
package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

var root string

func in(name string) string { return filepath.Join(root, name) }

// say prints an error without the temporary folder's name.
func say(what string, err error) {
	if err != nil {
		err = fmt.Errorf("%s", strings.ReplaceAll(err.Error(), root, "ROOT"))
	}
	fmt.Println(what, err)
}

func contents() {
	say("write", os.WriteFile(in("a"), []byte("first line\nsecond\n"), 0o640))
	data, err := os.ReadFile(in("a"))
	say(fmt.Sprintf("read %q", data), err)
	f, err := os.OpenFile(in("a"), os.O_RDWR|os.O_APPEND, 0)
	say("open", err)
	f.WriteString("third\n")
	f.Seek(6, io.SeekStart)
	part := make([]byte, 4)
	io.ReadFull(f, part)
	end, err := f.Seek(0, io.SeekEnd)
	say(fmt.Sprintf("part %q end %d", part, end), err)
	f.Truncate(5)
	info, err := f.Stat()
	say(fmt.Sprintf("size %d mode %v", info.Size(), info.Mode()), err)
	f.Close()

	sparse, _ := os.Create(in("sparse"))
	sparse.WriteAt([]byte("end"), 1<<20)
	data = make([]byte, 3)
	n, err := sparse.ReadAt(data, 1<<19)
	say(fmt.Sprintf("hole %d %v", n, bytes.Count(data, []byte{0})), err)
	_, err = sparse.ReadAt(data, 1<<20+1)
	say("past the end", err)
	sparse.Close()
}

func names() {
	say("mkdir", os.MkdirAll(in("d/e/f"), 0o755))
	say("rename", os.Rename(in("a"), in("d/b")))
	say("link", os.Link(in("d/b"), in("d/hard")))
	say("symlink", os.Symlink("b", in("d/soft")))
	target, err := os.Readlink(in("d/soft"))
	say(target, err)
	data, err := os.ReadFile(in("d/soft"))
	say(fmt.Sprintf("through it %q", data), err)
	say("mkdir again", os.Mkdir(in("d"), 0o755))
	say("remove what isn't empty", os.Remove(in("d")))
	_, err = os.Open(in("nothing"))
	say("open nothing", err)
	_, err = os.Open(in("d/b/c"))
	say("open below a file", err)
	_, err = os.OpenFile(in("d/b"), os.O_CREATE|os.O_EXCL, 0o600)
	say("create what is there", err)
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		info, _ := d.Info()
		fmt.Println(" ", strings.TrimPrefix(path, root), info.Mode())
		return err
	})
}

func devices() {
	null, err := os.OpenFile("/dev/null", os.O_RDWR, 0)
	say("null", err)
	n, err := null.Write(make([]byte, 100))
	say(fmt.Sprint("write ", n), err)
	_, err = null.Read(make([]byte, 1))
	say("read", err)
	zero, err := os.Open("/dev/zero")
	say("zero", err)
	data := bytes.Repeat([]byte{1}, 1000)
	io.ReadFull(zero, data)
	fmt.Println(bytes.Count(data, []byte{0}))
}

func main() {
	var err error
	root, err = os.MkdirTemp("", "files")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	syscall.Umask(0o022)
	contents()
	names()
	devices()
	say("remove all", os.RemoveAll(root))
	_, err = os.Stat(root)
	say("stat", err)
}
