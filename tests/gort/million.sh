#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A million parked goroutines, with the system's settings as they are: 4.3 KiB of memory each, page tables included.
set -u
n=${N:-1000000}
free=$(awk '/MemAvailable/ {print $2}' /proc/meminfo)
if [ "$free" -lt $((n * 5)) ]; then echo "skip a million goroutines: $((free / 1024)) MiB of memory free, $((n * 5 / 1024)) wanted"; exit 0; fi
each=$("${B:-build}/bench/gort" parked "$n" 1 | sed 's/bytes //')
limit=4403
if [ "${each:-$((limit + 1))}" -le $limit ]; then
    echo "ok $n goroutines: $each bytes each, vm.max_map_count $(cat /proc/sys/vm/max_map_count)"
else
    echo "not ok $n goroutines: ${each:-no} bytes each, at most $limit"
fi
