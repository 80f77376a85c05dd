// SPDX-License-Identifier: Apache-2.0

// Package store is a map with a log. A record of the log is its checksum, whether it deletes, the lengths of key and value, and both;
// a record that was cut short by a crash is the end of the log.
package store

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
	"sync"
)

const (
	headBytes = 13
	partMax   = 16 << 20
)

// Store is safe for use by several goroutines.
type Store struct {
	mu     sync.RWMutex
	values map[string][]byte
	log    *os.File
	end    int64
}

func record(key string, value []byte, deletes bool) []byte {
	r := make([]byte, headBytes, headBytes+len(key)+len(value))
	if deletes {
		r[4] = 1
	}
	binary.BigEndian.PutUint32(r[5:], uint32(len(key)))
	binary.BigEndian.PutUint32(r[9:], uint32(len(value)))
	r = append(append(r, key...), value...)
	binary.BigEndian.PutUint32(r, crc32.ChecksumIEEE(r[4:]))
	return r
}

// next takes one whole record off the log, and tells how long it is: 0 where there is no more.
func (s *Store) next(r io.Reader) int64 {
	head := make([]byte, headBytes)
	if _, err := io.ReadFull(r, head); err != nil {
		return 0
	}
	key, value := binary.BigEndian.Uint32(head[5:]), binary.BigEndian.Uint32(head[9:])
	if key > partMax || value > partMax {
		return 0
	}
	body := make([]byte, key+value)
	if _, err := io.ReadFull(r, body); err != nil {
		return 0
	}
	if crc32.Update(crc32.ChecksumIEEE(head[4:]), crc32.IEEETable, body) != binary.BigEndian.Uint32(head) {
		return 0
	}
	if head[4] == 1 {
		delete(s.values, string(body[:key]))
	} else {
		s.values[string(body[:key])] = body[key:]
	}
	return int64(headBytes + len(body))
}

// Open reads the log at that path, which is made where there is none.
func Open(path string) (*Store, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	s := &Store{values: make(map[string][]byte), log: file}
	r := bufio.NewReader(file)
	for n := s.next(r); n > 0; n = s.next(r) {
		s.end += n
	}
	return s, file.Truncate(s.end)
}

// write puts a record into the log, for good.
func (s *Store) write(r []byte) error {
	if _, err := s.log.WriteAt(r, s.end); err != nil {
		return err
	}
	if err := s.log.Sync(); err != nil {
		return err
	}
	s.end += int64(len(r))
	return nil
}

// Put sets the key's value. It is kept once Put has returned.
func (s *Store) Put(key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.write(record(key, value, false))
	if err == nil {
		s.values[key] = value
	}
	return err
}

// Delete removes the key, which needn't be there.
func (s *Store) Delete(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.write(record(key, nil, true))
	if err == nil {
		delete(s.values, key)
	}
	return err
}

// Get gives the key's value, which the caller must not change.
func (s *Store) Get(key string) ([]byte, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	value, ok := s.values[key]
	return value, ok
}

// Keys gives all keys, in no order.
func (s *Store) Keys() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	keys := make([]string, 0, len(s.values))
	for key := range s.values {
		keys = append(keys, key)
	}
	return keys
}
