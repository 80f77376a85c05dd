// SPDX-License-Identifier: Apache-2.0

// Runs every program of /tests, each for at most 20 seconds, and prints "@ NAME STATUS" for it: an exit status, or 128 and a signal.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

func status(path string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path)
	cmd.Dir = "/tmp"
	cmd.Run()
	if ctx.Err() != nil {
		return 124
	}
	ws := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return ws.ExitStatus()
}

func main() {
	entries, err := os.ReadDir("/tests")
	if err != nil {
		fmt.Println(err)
	}
	for _, e := range entries {
		fmt.Printf("\n@ %s %d\n", e.Name(), status("/tests/"+e.Name()))
	}
}
