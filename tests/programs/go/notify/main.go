// SPDX-License-Identifier: Apache-2.0

// Notify sends itself signals and receives them, ignores one, resets one and dies of it.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	all := []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2,
		syscall.SIGPIPE, syscall.SIGALRM, syscall.SIGCHLD, syscall.SIGWINCH, syscall.SIGTSTP, syscall.SIGTTOU, syscall.SIGCONT}
	received := make(chan os.Signal, 1)
	for _, sig := range all {
		signal.Notify(received, sig)
		if err := syscall.Kill(os.Getpid(), sig); err != nil {
			fmt.Println(sig, err)
		}
		fmt.Println("received", <-received)
	}
	for i := 0; i < 200; i++ {
		syscall.Kill(syscall.Getpid(), syscall.SIGUSR1)
		<-received
	}
	fmt.Println("two hundred more")
	signal.Ignore(syscall.SIGHUP)
	syscall.Kill(os.Getpid(), syscall.SIGHUP)
	fmt.Println("ignored", signal.Ignored(syscall.SIGHUP), len(received))
	fmt.Println("nothing there:", syscall.Kill(os.Getpid(), 0), syscall.Kill(4194303, 0), syscall.Kill(os.Getpid(), 65))
	signal.Reset(syscall.SIGTERM)
	syscall.Kill(os.Getpid(), syscall.SIGTERM)
	select {}
}
