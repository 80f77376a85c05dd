#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A tap in a network namespace, whose other end is Linux: TCP segments go to the card and come from it many at once, and nothing is lost of them; echoes
# (ping) both ways.
set -u
if [ -z "${IN_NAMESPACE:-}" ]; then
    if ! command -v go >/dev/null || ! command -v curl >/dev/null || ! unshare -rn true 2>/dev/null || [ ! -w /dev/net/tun ]; then
        echo 'skip tap: no Go, no curl, no network namespace of its own, or no /dev/net/tun'
        exit 0
    fi
    IN_NAMESPACE=1 exec unshare -rn "$0" "$@"
fi
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh
dir=build/test/tap
mkdir -p "$dir"
host=$(go env GOHOSTARCH)
for machine in arm64 "$host"; do
    build wire "$machine" "$dir/$machine" || { echo "not ok tap: it doesn't compile for $machine"; exit 0; }
done
build sockets "$host" "$dir/ping.$host"
build sockets arm64 "$dir/ping.arm64"
ip link set lo up
ip tuntap add tap0 mode tap
ip address add 10.9.0.1/24 dev tap0
ip -6 address add fd00:9::1/64 dev tap0 nodad
ip link set tap0 up

# count FIELD: of tap0 in /proc/net/dev: rx and tx, bytes and packets
declare -A field=([rx_bytes]=2 [rx_packets]=3 [tx_bytes]=10 [tx_packets]=11)
count() { awk -v f="${field[$1]}" '$1 == "tap0:" { print $f }' /proc/net/dev; }
# average DIRECTION COMMAND...: bytes of a packet that way while the command runs
average() {
    local bytes packets
    bytes=$(count "$1_bytes") packets=$(count "$1_packets")
    "${@:2}"
    echo $((($(count "$1_bytes") - bytes) / ($(count "$1_packets") - packets)))
}
large() { if [ "$2" -gt 3000 ]; then echo "ok tap $1"; else echo "not ok tap $1: $2 bytes a packet"; fi; }

./mazboot run -m 256M -smp 2 --net tap=tap0,ip=10.9.0.2/24,ip6=fd00:9::2/64 --timeout 200s "$dir/arm64" >"$dir/log" 2>&1 &
guest=$!
for address in 10.9.0.2 '[fd00:9::2]'; do
    "$dir/$host" "$address:80" | sed "s/wire/tap $address/"
    large "$address, from the guest" "$(average rx curl -s "http://$address/get" -o "$dir/file")"
    large "$address, to the guest" "$(average tx curl -s --data-binary "@$dir/file" "http://$address/put" -o "$dir/answer")"
    if grep -q "$(sha256sum <"$dir/file" | cut -d' ' -f1)" "$dir/answer"; then echo "ok tap $address, there and back"; else echo "not ok tap $address, there and back"; fi
done
echo 0 0 >/proc/sys/net/ipv4/ping_group_range
"$dir/ping.$host" 10.9.0.2 fd00:9::2 | sed 's/ping/tap echo to the guest,/'
kill $guest
wait $guest
./mazboot run --net tap=tap0,ip=10.9.0.2/24,ip6=fd00:9::2/64 --timeout 100s "$dir/ping.arm64" 10.9.0.1 fd00:9::1 | sed 's/ping/tap echo from the guest,/'
