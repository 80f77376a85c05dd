// SPDX-License-Identifier: Apache-2.0

// Kv keeps values under keys, over HTTP: PUT /KEY, GET /KEY, DELETE /KEY, GET / for all keys. What was acknowledged is in a log in
// its folder, and there again after a restart.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sort"

	"mazboot/examples/kv/store"
)

const valueMax = 1 << 20

type server struct{ store *store.Store }

func (s server) list(w http.ResponseWriter) {
	keys := s.store.Keys()
	sort.Strings(keys)
	for _, key := range keys {
		fmt.Fprintln(w, key)
	}
}

func (s server) get(w http.ResponseWriter, r *http.Request, key string) {
	value, ok := s.store.Get(key)
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Write(value)
}

func (s server) put(w http.ResponseWriter, r *http.Request, key string) {
	value, err := io.ReadAll(http.MaxBytesReader(w, r.Body, valueMax))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.answer(w, s.store.Put(key, value))
}

func (s server) answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.URL.Path[1:]
	switch {
	case r.Method == http.MethodGet && key == "":
		s.list(w)
	case r.Method == http.MethodGet:
		s.get(w, r, key)
	case r.Method == http.MethodPut && key != "":
		s.put(w, r, key)
	case r.Method == http.MethodDelete && key != "":
		s.answer(w, s.store.Delete(key))
	default:
		http.Error(w, "GET, PUT or DELETE a key", http.StatusMethodNotAllowed)
	}
}

func main() {
	address := flag.String("listen", ":8080", "`address` to listen on")
	folder := flag.String("data", "/data", "`folder` of the log")
	flag.Parse()
	if err := os.MkdirAll(*folder, 0o755); err != nil {
		log.Fatal(err)
	}
	s, err := store.Open(filepath.Join(*folder, "kv.log"))
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("serving on", *address)
	log.Fatal(http.Serve(listener, server{s}))
}
