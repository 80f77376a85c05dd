#!/usr/bin/env bash
# The network on a wire of its own: a tap interface in a network namespace, with the host's Linux as the other end. First a good cable; then
# attacks from a station that nobody stands behind; then a bad cable (shim), whose seed SEED chooses.
#   wire.sh [good|attack|bad|large|many ...]      (attack)
# shellcheck disable=SC2154
if [ -z "${IN_NAMESPACE:-}" ]; then
    if ! unshare -rn true 2>/dev/null || [ ! -w /dev/net/tun ]; then
        echo 'skip wire: no network namespace of its own, or no /dev/net/tun'
        exit 0
    fi
    IN_NAMESPACE=1 exec unshare -rn "$0" "$@"
fi
# shellcheck source=tests/services/lib.sh
. "$(dirname "$0")/lib.sh"
parts=$*
parts=${parts:-attack}
build tests/services ./guest guest arm64
build tests/services ./drive drive "$host_arch"
build tests/services ./shim shim "$host_arch"
guest=$built/guest.arm64
ulimit -n "$(ulimit -Hn)"
ip link set lo up

# part NAME: whether it's wanted
part() { [[ " $parts " == *" $1 "* ]]; }

# tap NAME NUMBER: a wire with addresses 10.NUMBER.0.1 and fd00:NUMBER::1
tap() {
    ip tuntap add "$1" mode tap
    ip address add "10.$2.0.1/24" dev "$1"
    ip -6 address add "fd00:$2::1/64" dev "$1" nodad
    ip link set "$1" up
}

# addresses HOST: the services there, into words
addresses() {
    words=("echo=$1:7000" "sink=$1:7001" "source=$1:7002" "datagrams=$1:7003" "state=$1:7004" "close=$1:7005" "web=$1:7006" "nobody=$1:7009")
}

# told NAME COMMAND...: its ok and not ok lines, with NAME before theirs
told() {
    local name=$1
    shift
    "$@" >"$tmp/checks" 2>&1 || failures=$((failures + 1))
    sed "s/^\(ok\|not ok\) /\1 wire, $name: /" "$tmp/checks"
}

tap tap0 9
machine() { start "$tmp/out" ./mazboot run --net "tap=tap0,ip=10.9.0.2/24,ip6=fd00:9::2/64" "$@" $guest || exit 1; }

if part good || part attack || part many; then
    for cpus in ${CPUS:-1 2}; do
        machine -smp $cpus
        addresses 10.9.0.2
        if part good; then told "smp $cpus" $drive check "${words[@]}"; fi
        addresses '[fd00:9::2]'
        if part good; then told "IPv6, smp $cpus" $drive check "${words[@]:0:1}" "${words[@]:2:4}"; fi
        if part attack; then told "attack, smp $cpus" $drive attack tap0 10.9.0.200 10.9.0.2 fd00:9::2; fi
        stop
    done
fi

if part many; then
    machine -m 1G
    told 'many' "$drive" crowd 10000 10.9.0.2:7000 10.9.0.2:7004
    stop
fi

# cable NUMBER FAR FLIPPED CUT: a bad one from interface tapNUMBER to FAR, until uncabled, which leaves what it has done in $tmp/shim
cable() {
    tap "tap$1" "$1"
    start "$tmp/shim" "$built/shim.$host_arch" "tap$1" "$2" "${SEED:-1}" 20 20 50 "$3" "$4"
    cable=$server server=''
}
uncabled() {
    stop
    kill "$cable"
    wait "$cable"
}

if part bad; then
    free_ports 2
    cable 8 "${ports[0]}:${ports[1]}" 5 0
    dgram="dgram,id=net0,local.type=inet,local.host=127.0.0.1,local.port=${ports[1]},remote.type=inet,remote.host=127.0.0.1,remote.port=${ports[0]}"
    start "$tmp/out" ./mazboot run --net none --qemu-arg -netdev --qemu-arg "$dgram" --qemu-arg -device \
        --qemu-arg virtio-net-device,netdev=net0,mac=52:54:00:00:00:08 --qemu-arg -append --qemu-arg 'net0=ip=10.8.0.2/24' $guest
    addresses 10.8.0.2
    MEGABYTES=1 told 'bad cable' $drive check "${words[@]}"
    uncabled
fi

# The same with large frames and checksums that nobody has made: a tap that the guest has, and what is sent there goes on by the cable.
if part large; then
    ip tuntap add far mode tap multi_queue
    echo 1 >/proc/sys/net/ipv6/conf/far/disable_ipv6
    ip link set far up
    cable 7 far 0 300
    start "$tmp/out" ./mazboot run -smp 2 --net tap=far,ip=10.7.0.2/24 $guest
    addresses 10.7.0.2
    MEGABYTES=4 told 'bad cable, large frames' $drive check "${words[@]}"
    uncabled
    for way in from to; do
        same "wire, bad cable: large frames $way the guest, some in two parts" "$way the guest" \
            "$(grep -E "^$way .* large [0-9]{2,} .*cut:" "$tmp/shim" | cut -d: -f1)"
    done
    sed 's/^/# /' "$tmp/shim"
fi
ended
