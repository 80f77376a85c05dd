// SPDX-License-Identifier: Apache-2.0

// Sortmap fills a map and sorts a million items while the collector runs.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
)

func main() {
	items := 1000000
	if len(os.Args) > 1 {
		items, _ = strconv.Atoi(os.Args[1])
	}
	byName := make(map[string]uint64)
	seed := uint64(1)
	for i := 0; i < items; i++ {
		seed = seed*6364136223846793005 + 1442695040888963407
		byName[strconv.FormatUint(seed>>16, 36)] += seed
	}
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	sort.Strings(names)
	digest := uint64(0)
	for _, name := range names {
		digest = digest*31 + byName[name]
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println(len(names), names[0], names[len(names)-1], digest, stats.NumGC > 0)
}
