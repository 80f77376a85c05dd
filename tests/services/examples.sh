#!/usr/bin/env bash
# The servers of examples/: what they answer on the host's Linux, they answer in a machine.
# shellcheck source=tests/services/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
build tests/services ./drive drive "$host_arch"
for name in httpd tls websocket udp kv; do
    build examples "./$name" "example-$name" arm64
    build examples "./$name" "example-$name" "$host_arch"
done

# on_linux NAME ARGUMENTS...: starts the example; in_machine NAME PROTOCOL GUEST_PORT OPTIONS... -- ARGUMENTS...: the same in a machine. Both
# leave $address.
on_linux() {
    local name=$1
    shift
    free_ports 1
    address=127.0.0.1:${ports[0]}
    start "$tmp/$name.linux" "$built/example-$name.$host_arch" -listen "$address" "$@"
}
in_machine() {
    local name=$1 protocol=$2 port=$3 options=()
    shift 3
    while [ "$1" != -- ]; do options+=("$1"); shift; done
    shift
    free_ports 1
    address=127.0.0.1:${ports[0]}
    start "$tmp/$name.here" ./mazboot run -p "$address:$port/$protocol" "${options[@]}" "$built/example-$name.arm64" "$@"
}

# like_linux NAME PROTOCOL PORT: the conversation with it
like_linux() {
    local expected
    on_linux "$1" && expected=$($drive talk "$1" "$address" 2>&1)
    stop
    in_machine "$1" "$2" "$3" -- && same "example $1" "$expected" "$($drive talk "$1" "$address" 2>&1)"
    stop
}

like_linux httpd tcp 8080
same 'example httpd: ends in good order' "0|serving on :8080 goodbye" "$status|$(xargs <"$tmp/httpd.here")"
like_linux websocket tcp 8080
like_linux udp udp 5353

# tls: the certificate is on the server's output. Both ends are tried against both.
free_ports 1
address=127.0.0.1:${ports[0]}
start "$tmp/tls.linux" "$built/example-tls.$host_arch" serve -listen "$address"
expected=$($drive talk tls "$address" <"$tmp/tls.linux" 2>&1)
stop
free_ports 1
address=127.0.0.1:${ports[0]}
start "$tmp/tls.here" ./mazboot run -p "$address:8443" "$built/example-tls.arm64" serve -names localhost,127.0.0.1,server.test
same 'example tls, server' "$expected" "$($drive talk tls "$address" <"$tmp/tls.here" 2>&1)"
fetch="fetch https://server.test:${ports[0]}/from-a-machine"
# shellcheck disable=SC2086 # words
same 'example tls, client' 'hello over TLS 1.3, /from-a-machine' \
    "$(./mazboot run --timeout 120s --ca-certs "$tmp/tls.here" --add-host server.test:host-gateway "$built/example-tls.arm64" $fetch 2>&1)"
# shellcheck disable=SC2086
same 'example tls, a client that trusts nobody' 1 \
    "$(./mazboot run --timeout 120s --ca-certs none --add-host server.test:host-gateway "$built/example-tls.arm64" $fetch 2>&1 | grep -c 'unknown authority')"
stop

# kv: what was put is there after a restart, even one that nobody announced; the log on the volume is an ordinary file of the host.
mkdir "$tmp/linux-data" "$tmp/here-data"
on_linux kv -data "$tmp/linux-data"
expected=$($drive talk kv "$address" 2>&1)
stop
in_machine kv tcp 8080 --volume "$tmp/here-data:/data" -- && same 'example kv' "$expected" "$($drive talk kv "$address" 2>&1)"
kill -KILL "$server"
stop 2>/dev/null
same 'example kv: its log' "$(sha256sum <"$tmp/linux-data/kv.log")" "$(sha256sum <"$tmp/here-data/kv.log")"
on_linux kv -data "$tmp/linux-data"
expected=$($drive talk kv-again "$address" 2>&1)
stop
in_machine kv tcp 8080 --volume "$tmp/here-data:/data" -- && same 'example kv, again' "$expected" "$($drive talk kv-again "$address" 2>&1)"
stop
ended
