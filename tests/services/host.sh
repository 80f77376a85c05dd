#!/usr/bin/env bash
# The network from the host: ports that lead into the guest, the guest's way out, names, addresses, restarts.
# Every check is made of the same program on the host's Linux, too, which says what is right.
# shellcheck source=tests/services/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
build tests/services ./guest guest arm64
build tests/services ./guest guest "$host_arch"
build tests/services ./drive drive "$host_arch"
guest=$built/guest.arm64

# The services' names, in the order of their ports 7000 to 7006; 7009 has nobody.
services=(echo sink source datagrams state close web)

# on_linux: the program's own ports; a machine that is the host itself needs no other.
on_linux() {
    local i words=(nobody=127.0.0.1:7009)
    for i in "${!services[@]}"; do words+=("${services[i]}=127.0.0.1:$((7000 + i))"); done
    if start "$tmp/linux" unshare -rn sh -c "ip link set lo up; $built/guest.$host_arch & trap \"kill \$!\" EXIT
        until grep -q serving $tmp/linux; do sleep 0.1; done; $drive check ${words[*]}"; then
        wait "$server"
        server=''
    fi
    sed -n 's/^\(ok\|not ok\) /\1 linux: /p' "$tmp/linux"
    grep -q '^not ok' "$tmp/linux" && failures=$((failures + 1))
}

# forwards: -p options for all services, into options; their addresses, into words
forwards() {
    local i
    free_ports 8
    options=() words=()
    for i in "${!services[@]}"; do
        words+=("${services[i]}=127.0.0.1:${ports[i]}")
        options+=(-p "127.0.0.1:${ports[i]}:$((7000 + i))$([ "${services[i]}" = datagrams ] && echo /udp)")
    done
    words+=("nobody=127.0.0.1:${ports[7]}")
    options+=(-p "127.0.0.1:${ports[7]}:7009")
}

# checked NAME OPTIONS...: all checks, in a machine with these options
checked() {
    local name=$1
    shift
    forwards
    if start "$tmp/out" ./mazboot run "$@" "${options[@]}" $guest; then
        $drive check "${words[@]}" >"$tmp/checks" || failures=$((failures + 1))
        sed "s/^\(ok\|not ok\) /\1 $name: /" "$tmp/checks"
    fi
    stop
    same "$name: ends with SIGTERM" 143 "$status"
}

# inside NAME EXPECTED OPTIONS... -- ARGUMENTS...: what a client in a machine prints
inside() {
    local name=$1 expected=$2 options=()
    shift 2
    while [ "$1" != -- ]; do options+=("$1"); shift; done
    shift
    same "$name" "$expected" "$(./mazboot run --timeout 120s "${options[@]}" $guest "$@" 2>&1)"
}

if unshare -rn true 2>/dev/null; then on_linux; else echo 'skip linux: no network namespace of its own'; fi
checked smp1
checked smp4 -smp 4
ONLY="echo" checked dhcp --net dhcp
ONLY="echo" checked elsewhere --net ip=192.168.77.5/24,gw=192.168.77.1

free_ports 2
start "$tmp/echo" "$drive" serve "${ports[0]}"
echo_server=$server server=''
inside 'way out' '"over the net\n" <nil>' -- dial "10.0.2.2:${ports[0]}"
inside 'way out, datagrams' '"over the net"' -- datagram "10.0.2.2:${ports[0]}"
inside 'way out, by name' '"over the net\n" <nil>' --add-host host.test:host-gateway -- dial "host.test:${ports[0]}"
inside 'refused out there' 'refused: true' -- refused "10.0.2.2:${ports[1]}"
inside 'refused on loopback' 'refused: true' --net none -- refused '127.0.0.1:9'
kill "$echo_server"
inside 'names' $'localhost 127.0.0.1 ::1 <nil>\ndb.test 10.1.2.3 <nil>\nsix.test 2001:db8::7 <nil>' \
    --net none --add-host db.test:10.1.2.3 --add-host six.test=2001:db8::7 -- resolve localhost db.test six.test
inside 'hostname' 'gopher <nil>' --hostname gopher -- hostname
inside 'no net' 'lo  true true 127.0.0.1/8 ::1/128' --net none -- interfaces
inside 'two nets' $'lo  true true 127.0.0.1/8 ::1/128
eth0 52:54:00:1c:9d:c5 true false 10.0.2.15/24 fec0::15/64
eth1 52:54:01:1c:9d:c5 true false 10.5.0.9/16' --net user --net ip=10.5.0.9/16 -- interfaces

# freed: waits until no machine holds the ports of forwards. What killed its launcher ends the machine too, but not at the same moment.
freed() {
    local i
    for ((i = 0; i < 600; i++)); do
        if $drive free "${words[@]}"; then return 0; fi
        sleep 0.1
    done
    echo 'a port is still taken'
    return 1
}

# A port is free again when its machine has ended, however it ended.
forwards
for i in 1 2 3; do
    start "$tmp/out" ./mazboot run "${options[@]}" $guest && ONLY="echo" $drive check "${words[@]:0:1}" "${words[4]}" >"$tmp/checks"
    same "restart $i" 0 $?
    if [ $i = 2 ]; then kill -KILL "$server"; fi
    stop
    freed
    same "restart $i: the ports are free again" 0 $?
done
ended
