#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The network card, from outside: a server in the guest, its client here. Then a crowd of connections within a guest.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh
if ! command -v go >/dev/null; then
    echo 'skip wire: Go is not installed; apt-get install golang-go'
    exit 0
fi
dir=build/test/wire
mkdir -p "$dir"
for machine in arm64 "$(go env GOHOSTARCH)"; do
    build wire "$machine" "$dir/$machine" || { echo "not ok wire: it doesn't compile for $machine"; exit 0; }
done
for cpus in 1 2; do
    port=$((20000 + RANDOM % 20000))
    ./mazboot run -m 256M -smp "$cpus" -p "127.0.0.1:$port:80" -p "127.0.0.1:$port:80/udp" --timeout 300s "$dir/arm64" >"$dir/log" 2>&1 &
    guest=$!
    "$dir/$(go env GOHOSTARCH)" 127.0.0.1:$port | sed "s/wire/wire -smp $cpus/"
    kill $guest 2>/dev/null
    wait $guest
done
./mazboot run -m 512M --timeout 120s "$dir/arm64" crowd 10000
./mazboot run -m 512M --timeout 240s --qemu-arg -append --qemu-arg loopback=wire "$dir/arm64" crowd 2000 | sed 's/crowd/crowd through lwIP,/'
