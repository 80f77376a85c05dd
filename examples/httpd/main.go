// SPDX-License-Identifier: Apache-2.0

// Httpd is a web server: a greeting, and the files of a folder below /files/. It ends in good order on SIGTERM and SIGINT.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os/signal"
	"syscall"
	"time"
)

func greet(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	fmt.Fprintf(w, "hello, %s\n", r.FormValue("name"))
}

func main() {
	address := flag.String("listen", ":8080", "`address` to listen on")
	folder := flag.String("files", "/etc", "`folder` to show below /files/")
	flag.Parse()

	mux := http.NewServeMux()
	mux.HandleFunc("/", greet)
	mux.Handle("/files/", http.StripPrefix("/files/", http.FileServer(http.Dir(*folder))))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	done := make(chan error)
	go func() {
		<-ctx.Done()
		limited, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		done <- server.Shutdown(limited)
	}()
	fmt.Println("serving on", *address)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	if err := <-done; err != nil {
		log.Fatal(err)
	}
	fmt.Println("goodbye")
}
