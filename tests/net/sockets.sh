#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Rarer kinds of sockets (echo, raw, own headers, shared ports) and /proc/net: the same program has to say the same here and on this host's Linux,
# in a network namespace where it may do all of that.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh
if ! command -v go >/dev/null || ! unshare -rn true 2>/dev/null; then
    echo 'skip sockets: no Go, or no network namespace of its own'
    exit 0
fi
dir=build/test/sockets
mkdir -p "$dir"
for machine in arm64 "$(go env GOHOSTARCH)"; do
    build sockets "$machine" "$dir/$machine" || { echo "not ok sockets: it doesn't compile for $machine"; exit 0; }
done
export GODEBUG=asyncpreemptoff=1 # a signal would end a receive with EINTR
unshare -rn sh -c "ip link set lo up; echo 0 0 >/proc/sys/net/ipv4/ping_group_range; exec $dir/$(go env GOHOSTARCH)" >"$dir/linux"
for cpus in 1 2; do
    ./mazboot run --net none -smp $cpus --timeout 100s -e GODEBUG=$GODEBUG "$dir/arm64" >"$dir/here"
    if diff -a "$dir/linux" "$dir/here" >"$dir/difference"; then
        echo "ok sockets smp $cpus"
    else
        cat "$dir/difference"
        echo "not ok sockets smp $cpus"
    fi
done
