#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A tap in a network namespace, whose other end is Linux: TCP segments go to the card and come from it many at once, and nothing is lost of them; echoes
# (ping) both ways. Then taps for several queues, by MMIO and by PCI: QEMU tells which of them the machine notifies it of,
# Linux what overtakes what.
set -u
if [ -z "${IN_NAMESPACE:-}" ]; then
    if ! command -v go >/dev/null || ! command -v curl >/dev/null || ! unshare -rn true 2>/dev/null || [ ! -w /dev/net/tun ]; then
        echo 'skip tap: no Go, no curl, no network namespace of its own, or no /dev/net/tun that can be written'
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
if ! ip tuntap add tap0 mode tap 2>"$dir/why"; then
    echo "skip tap: this host makes none: $(cat "$dir/why")"
    exit 0
fi
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

# notified: the queues of the card that QEMU has been told of by the log at $dir/queues; the control queue is the last
notified() { awk '$1 == "virtio_queue_notify" { seen[$3] = seen[$3] " " $5 } END { for (d in seen) print seen[d] }' "$dir/queues" | grep -E '(^| )1 ' | xargs -n1 | sort -nu | xargs; }
# disorder: how many segments have overtaken others, either way, as Linux has noticed
disorder() { awk '$1 != "TcpExt:" { next } !names { names = split($0, name); next } { for (i = 2; i <= names; i++) if (name[i] ~ /^TCP(OFOQueue|FastRetrans)$/) n += $i; print n }' /proc/net/netstat; }
# queues NAME WANTED OPTIONS...: a machine with them is talked to, notifies the queues WANTED, and keeps the order of a connection
queues() {
    local got before
    before=$(disorder)
    rm -f "$dir/queues"
    ./mazboot run -m 256M --timeout 200s --qemu-arg -trace --qemu-arg virtio_queue_notify --qemu-arg -D --qemu-arg "$dir/queues" "${@:3}" "$dir/arm64" >"$dir/log" 2>&1 &
    guest=$!
    "$dir/$host" 10.10.0.2:80 | sed "s/wire/tap $1,/"
    kill $guest
    wait $guest
    got=$(notified)
    if [ "$got" = "$2" ]; then echo "ok tap $1: queues"; else
        echo "not ok tap $1: queues $got were used, not $2"
        tail -n 5 "$dir/log"
    fi
    got=$(($(disorder) - before))
    if [ $got -le 10 ]; then echo "ok tap $1: order"; else echo "not ok tap $1: $got segments out of their order"; fi
}
ip tuntap add tap1 mode tap multi_queue
ip address add 10.10.0.1/24 dev tap1
ip link set tap1 up
mine='tap=tap1,ip=10.10.0.2/24'
queues 'several queues, one CPU' '0 1' --net "$mine"
queues 'several queues, two CPUs' '0 1 2 3 4' -smp 2 --net "$mine"
queues 'several queues, four CPUs' '0 1 2 3 4 5 6 7 8' -smp 4 --net "$mine"
backend='tap,id=p,ifname=tap1,script=no,downscript=no,queues'
pci() { # CPUS QUEUES: options
    echo "-smp $1 --net none --qemu-arg -netdev --qemu-arg $backend=$2 --qemu-arg -device --qemu-arg virtio-net-pci,romfile=,netdev=p,mq=on --qemu-arg -append --qemu-arg net0=ip=10.10.0.2/24"
}
# shellcheck disable=SC2046 # words
queues 'two CPUs, three queues by PCI' '0 1 2 3 6' $(pci 2 3)
# shellcheck disable=SC2046
queues 'three CPUs, two queues by PCI' '0 1 2 3 4' $(pci 3 2)
./mazboot run -smp 2 --net "$mine" --timeout 60s "$dir/arm64" >"$dir/log" 2>&1 &
guest=$!
curl -s --retry 20 --retry-connrefused --retry-delay 1 --max-time 20 http://10.10.0.2/ | grep -q hello
second=$(./mazboot run --net "$mine" --timeout 60s "$dir/arm64" 2>&1)
if [ "$second" = 'mazboot: the tap interface tap1 is in use by another machine' ]; then echo 'ok tap in use'; else echo "not ok tap in use: $second"; fi
kill $guest
wait $guest || true
