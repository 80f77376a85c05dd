#!/usr/bin/env bash
# Full load on every service for MINUTES (30), at -smp 1, 2 and 4 or those named, beside each other; drive/soak.go says what is found. Each on a tap for several
# queues in a network namespace, where there may be one, or QEMU's user network. What has passed stands in build/soak/smpN.ok and isn't done again until that's
# removed; build/soak/smpN.log has the way there.
#   soak.sh [CPUS...]
if [ -z "${ONE:-}" ]; then
    # shellcheck source=tests/services/lib.sh disable=SC2154
    . "$(dirname "$0")/lib.sh"
    build tests/services ./guest guest arm64
    build tests/services ./drive drive "$host_arch"
    [ $# -gt 0 ] || set -- 1 2 4
    running=()
    for cpus; do
        ONE=1 tests/services/soak.sh "$cpus" &
        running+=($!)
    done
    for cpus in "${running[@]}"; do wait "$cpus" || failures=$((failures + 1)); done
    ended
fi
if [ -z "${IN_NAMESPACE:-}" ] && unshare -rn true 2>/dev/null && [ -w /dev/net/tun ]; then
    IN_NAMESPACE=1 exec unshare -rn "$0" "$@"
fi
# shellcheck source=tests/services/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
cpus=$1 passed=build/soak/smp$1.ok
seconds=$((${MINUTES:-30} * 60))
services=(echo sink source datagrams state close web table patient)
mkdir -p build/soak
if [ -e "$passed" ]; then
    cat "$passed"
    exit 0
fi

# network: the machine's options, into options; the services' addresses, into words
network() {
    local i
    options=() words=()
    [ -n "${IN_NAMESPACE:-}" ] || free_ports 9
    for i in "${!services[@]}"; do
        if [ -n "${IN_NAMESPACE:-}" ]; then
            words+=("${services[i]}=10.9.0.2:$((7000 + i))")
        else
            words+=("${services[i]}=127.0.0.1:${ports[i]}")
            options+=(-p "127.0.0.1:${ports[i]}:$((7000 + i))$([ "${services[i]}" = datagrams ] && echo /udp)")
        fi
    done
    [ -z "${IN_NAMESPACE:-}" ] || options=(--net "tap=tap0,ip=10.9.0.2/24")
}

if [ -n "${IN_NAMESPACE:-}" ]; then
    ip link set lo up
    ip tuntap add tap0 mode tap multi_queue
    ip address add 10.9.0.1/24 dev tap0
    ip link set tap0 up
fi
network
start "$tmp/out" ./mazboot run -m 128M -smp "$cpus" "${options[@]}" $built/guest.arm64 || exit 1
$drive soak "$server" "$seconds" "${words[@]}" 2>&1 | sed -u "s/^\(ok\|not ok\|#\) /\1 smp $cpus, /" | tee "build/soak/smp$cpus.log"
if [ "${PIPESTATUS[0]}" = 0 ]; then
    grep '^ok' "build/soak/smp$cpus.log" >"$passed"
else
    failures=$((failures + 1))
fi
stop
ended
