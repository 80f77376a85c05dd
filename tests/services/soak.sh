#!/usr/bin/env bash
# Full load on every service for MINUTES (30) in all, a third each at -smp 1, 2 and 4. An answer that takes a minute is a wake-up that was
# lost; at the end nothing may be left, and the machine's memory is what it was.
# shellcheck source=tests/services/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
build tests/services ./guest guest arm64
build tests/services ./drive drive "$host_arch"
seconds=$((${MINUTES:-30} * 60 / 3))
services=(echo sink source datagrams state close web)
for cpus in 1 2 4; do
    free_ports 7
    options=() words=()
    for i in "${!services[@]}"; do
        words+=("${services[i]}=127.0.0.1:${ports[i]}")
        options+=(-p "127.0.0.1:${ports[i]}:$((7000 + i))$([ "${services[i]}" = datagrams ] && echo /udp)")
    done
    start "$tmp/out" ./mazboot run -m 128M -smp $cpus "${options[@]}" $built/guest.arm64 || exit 1
    $drive soak $seconds "${words[@]}" >"$tmp/checks" || failures=$((failures + 1))
    sed "s/^\(ok\|not ok\) /\1 smp $cpus, /" "$tmp/checks"
    stop
done
ended
