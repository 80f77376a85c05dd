// SPDX-License-Identifier: Apache-2.0

// The init of the Linux that tests run on to compare with: makes the machine usable, runs /job as its child in the folder and
// with the environment and arguments of the file /job.args (one a line: folder, number of variables, variables, arguments), says how
// it ended and switches off.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

var mounts = []struct{ source, target, kind string }{
	{"proc", "/proc", "proc"},
	{"sysfs", "/sys", "sysfs"},
	{"devtmpfs", "/dev", "devtmpfs"},
	{"devpts", "/dev/pts", "devpts"},
	{"tmpfs", "/dev/shm", "tmpfs"},
	{"tmpfs", "/tmp", "tmpfs"},
}

var files = map[string]string{
	"/etc/passwd":        "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
	"/etc/group":         "root:x:0:\nnogroup:x:65534:\n",
	"/etc/nsswitch.conf": "hosts: files dns\n",
	"/etc/hosts":         "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n",
}

// Brings the loopback up: struct ifreq of netdevice(7).
func loopbackUp() error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	var request struct {
		name  [16]byte
		flags uint16
		_     [22]byte
	}
	copy(request.name[:], "lo")
	request.flags = syscall.IFF_UP | syscall.IFF_RUNNING
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); e != 0 {
		return e
	}
	return nil
}

func prepare() {
	for _, m := range mounts {
		os.MkdirAll(m.target, 0o755)
		if err := syscall.Mount(m.source, m.target, m.kind, 0, ""); err != nil {
			fmt.Println("init: mount", m.target, err)
		}
	}
	os.Chmod("/tmp", 0o1777)
	for path, text := range files {
		os.WriteFile(path, []byte(text), 0o644)
	}
	syscall.Sethostname([]byte("mazboot"))
	if err := loopbackUp(); err != nil {
		fmt.Println("init: lo:", err)
	}
}

func command() (*exec.Cmd, error) {
	text, err := os.ReadFile("/job.args")
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	variables, err := strconv.Atoi(lines[1])
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("/job", lines[2+variables:]...)
	cmd.Dir, cmd.Env = lines[0], lines[2:2+variables]
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stdout
	return cmd, nil
}

func main() {
	prepare()
	cmd, err := command()
	if err == nil {
		err = cmd.Run()
	}
	fmt.Println("init: ended:", err)
	syscall.Sync()
	syscall.Reboot(syscall.LINUX_REBOOT_CMD_POWER_OFF)
}
