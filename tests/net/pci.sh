#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Network cards by PCI: a server in the guest and its client here, behind either interrupt controller; two cards that share an interrupt;
# one of each transport; a card behind a bridge, which is not found but disturbs nothing.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh
if ! command -v go >/dev/null; then
    echo 'skip pci: Go is not installed; apt-get install golang-go'
    exit 0
fi
dir=build/test/wire
mkdir -p "$dir"
host=$(go env GOHOSTARCH)
for machine in arm64 "$host"; do
    build wire "$machine" "$dir/$machine" || { echo "not ok pci: it doesn't compile for $machine"; exit 0; }
done
port=$((20000 + RANDOM % 20000))

# card NUMBER DEVICE: adds a card in a network of its own, whose port 80 is ours at port + NUMBER.
card() {
    local net="user,id=p$1,net=10.7.$1.0/24,dhcpstart=10.7.$1.15,hostfwd=tcp:127.0.0.1:$((port + $1))-10.7.$1.15:80,hostfwd=udp:127.0.0.1:$((port + $1))-10.7.$1.15:80"
    options+=(--qemu-arg -netdev --qemu-arg "$net" --qemu-arg -device --qemu-arg "$2,netdev=p$1,mac=52:54:00:00:00:0$1")
}
# up: starts the guest; down: ends it; client NUMBER NAME: what a client says of card NUMBER.
up() {
    ./mazboot run --accel tcg -m 256M --net none --timeout 100s "${options[@]}" "$dir/arm64" >"$dir/log" 2>&1 &
    guest=$!
}
down() {
    kill $guest 2>/dev/null
    wait $guest || true # it was killed
}
client() { "$dir/$host" "127.0.0.1:$((port + $1))" "${@:3}" | sed "s/wire/pci $2,/"; }

for gic in 2 3; do
    options=(-smp "$((gic - 1))" --qemu-arg -machine --qemu-arg "gic-version=$gic")
    card 1 virtio-net-pci,romfile=
    up
    client 1 "GICv$gic"
    down
    port=$((port + 10))
done

options=()
card 1 virtio-net-pci,romfile=,addr=2
card 2 virtio-net-pci,romfile=,addr=6
card 3 virtio-net-device
options+=(--qemu-arg -device --qemu-arg "pcie-root-port,id=bridge,chassis=1,addr=7")
options+=(--qemu-arg -device --qemu-arg "virtio-net-pci,romfile=,bus=bridge")
up
for n in 1 2 3; do
    if curl -s --retry 20 --retry-connrefused --retry-delay 1 --max-time 20 "http://127.0.0.1:$((port + n))/" | grep -q hello; then
        echo "ok pci three cards, the one with number $n"
    else
        echo "not ok pci three cards: number $n is silent"
        cat "$dir/log"
    fi
done
down
