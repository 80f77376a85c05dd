#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bench/lib.sh assigns
# What several queues bring: the same server on a tap with one, and on one that has as many as the machine has CPUs, each in turn within a round.
#   bench/net/queues.sh [-n ROUNDS] [-d SECONDS] [-s CPUS]
# ROUNDS (5) of SECONDS (4) of wrk, and of 64 MiB each way. Prints medians, guest instructions per request among them, and the ratio.
set -eu
if [ -z "${IN_NAMESPACE:-}" ]; then
    if ! unshare -rn true 2>/dev/null || [ ! -w /dev/net/tun ]; then
        echo "$0: there is no network namespace for it, or no /dev/net/tun that can be written" >&2
        exit 1
    fi
    IN_NAMESPACE=1 exec unshare -rn "$0" "$@"
fi
cd "$(dirname "$0")/../.."
# shellcheck source=bench/lib.sh
. bench/lib.sh
rounds=5 seconds=4 cpus=2
while getopts n:d:s: option; do
    case $option in
    n) rounds=$OPTARG ;;
    d) seconds=$OPTARG ;;
    s) cpus=$OPTARG ;;
    *) exit 2 ;;
    esac
done
server=$bench/net-server load=$bench/net-load lines=$bench/queues.lines counts=$bench/queues.count
mkdir -p $bench
export GOTOOLCHAIN=local GOFLAGS=-trimpath
(cd bench/net && GOOS=linux GOARCH=arm64 CGO_ENABLED=0 go build -o "../../$server" ./server && go build -o "../../$load" ./load)
: >"$lines"
declare -A network=([one]=9 [several]=10) kind=([one]='' [several]=multi_queue)
ip link set lo up
for name in one several; do
    # shellcheck disable=SC2086 # a word or none
    ip tuntap add dev $name mode tap ${kind[$name]}
    ip address add "10.${network[$name]}.0.1/24" dev $name
    ip link set $name up
done

note() { printf '%s\t%s\t%s\n' "$name" "$1" "$2" >>"$lines"; }
answers() { # PATH
    curl -s --max-time 20 "http://$host:8080$1"
}
measure() {
    local count
    host=10.${network[$name]}.0.2
    ./mazboot run --accel tcg -m 256M -smp "$cpus" --cpu "$cpu" --net "tap=$name,ip=$host/24" --qemu-arg -plugin --qemu-arg "build/tools/insncount.so,out=$counts" \
        "$server" </dev/null >/dev/null 2>&1 &
    until answers / >/dev/null; do sleep 0.1; done
    for count in 16 256; do
        note "requests/s, $count connections" "$(wrk -t2 -c$count -d"${seconds}s" "http://$host:8080/" | awk '/Requests\/sec/ { print $2 }')"
    done
    count=$(answers /count)
    answers /quit >/dev/null || true
    wait $!
    note 'instructions per request' "$(sed -E 's/.*"total": ([0-9]+).*/\1/' "$counts" | awk -v n="$count" '{ printf "%.0f", $1 / n }')"
    ./mazboot run --accel tcg -m 256M -smp "$cpus" --cpu "$cpu" --net "tap=$name,ip=$host/24" "$server" </dev/null >/dev/null 2>&1 &
    until answers / >/dev/null; do sleep 0.1; done
    note 'MB/s to the guest' "$($load send "$host:8081" 67108864)"
    note 'MB/s from the guest' "$($load receive "$host:8082" 67108864)"
    answers /quit >/dev/null || true
    wait $!
}
for ((round = 0; round < rounds; round++)); do
    for name in one several; do measure; done
done
{
    printf '%s CPUs\tone queue\tseveral\tratio\n' "$cpus"
    cut -f2 "$lines" | awk '!seen[$0]++' | while read -r what; do
        for name in one several; do
            awk -F '\t' -v k=$name -v w="$what" '$1 == k && $2 == w { print $3 }' "$lines" | median
        done | paste -s | awk -v w="$what" '{ printf "%s\t%s\t%s\t%.2f\n", w, $1, $2, $2 / $1 }'
    done
} | table
