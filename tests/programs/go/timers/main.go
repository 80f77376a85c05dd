// SPDX-License-Identifier: Apache-2.0

// Timers runs a ticker of 100 microseconds, ten thousand timers at once, and timers that are stopped and reset.
package main

import (
	"fmt"
	"sync"
	"time"
)

func tick(period time.Duration, ticks int) bool {
	start := time.Now()
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for i := 0; i < ticks; i++ {
		<-ticker.C
	}
	return time.Since(start) >= time.Duration(ticks-1)*period
}

func many(timers int) bool {
	var wg sync.WaitGroup
	early := make(chan time.Duration, timers)
	for i := 0; i < timers; i++ {
		wg.Add(1)
		start, d := time.Now(), time.Duration(i%100)*100*time.Microsecond
		time.AfterFunc(d, func() {
			if took := time.Since(start); took < d {
				early <- took
			}
			wg.Done()
		})
	}
	wg.Wait()
	return len(early) == 0
}

// stop says whether a timer that was stopped in time, however slow this machine is, never fires.
func stop() bool {
	for {
		fired := make(chan bool, 1)
		timer := time.AfterFunc(time.Millisecond, func() { fired <- true })
		if !timer.Stop() {
			<-fired
			continue
		}
		select {
		case <-fired:
			return false
		case <-time.After(3 * time.Millisecond):
			return !timer.Stop()
		}
	}
}

func main() {
	fmt.Println("ticker", tick(100*time.Microsecond, 200))
	fmt.Println("many", many(10000))
	fmt.Println("stop", stop())
	reset := time.NewTimer(time.Hour)
	reset.Reset(time.Millisecond)
	<-reset.C
	fmt.Println("reset")
	select {
	case <-time.After(2 * time.Millisecond):
		fmt.Println("timeout")
	case <-make(chan int):
	}
}
