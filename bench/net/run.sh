#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bench/lib.sh assigns
# A net/http server and a TCP loopback, here and on Linux: the same binary, QEMU and wrk, side by side.
#   bench/net/run.sh [-n ROUNDS] [-d SECONDS] [-s SECTION,...] [-g GO] [KERNEL...]
# ROUNDS of each timing (5), each kernel in turn within a round; SECONDS that wrk works (4). SECTIONS: image first memory instructions idle
# loopback speed bulk (all). Prints two tables: what is spent, with limits; and how fast it is, in times of each Linux's speed.
# What was measured is in build/bench/net.json.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=bench/lib.sh
. bench/lib.sh

rounds=5 seconds=4 sections=image,first,memory,instructions,idle,loopback,speed,bulk go=go1.19
while getopts n:d:s:g: option; do
    case $option in
    n) rounds=$OPTARG ;;
    d) seconds=$OPTARG ;;
    s) sections=$OPTARG ;;
    g) go=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
if [ $# -eq 0 ]; then mapfile -t wanted < <(net_kernels); set -- "${wanted[@]}"; fi
names=("$@")
server=$bench/net-server load=$bench/net-load lines=$bench/net.lines plugin=build/tools/insncount.so
web=$((20000 + RANDOM % 10000)) bulk_bytes=67108864 idle_seconds=20 settle_seconds=6
: >"$lines"

section() { [[ ,$sections, == *,$1,* ]]; }
note() { printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$lines"; } # KERNEL NAME FIGURE

build() {
    local path part
    path=$(list_gos | awk -v go="$go" '$1 == go { print $2 }')
    export GOTOOLCHAIN=local GOFLAGS=-trimpath
    for part in server loopback; do
        (cd bench/net && GOOS=linux GOARCH=arm64 CGO_ENABLED=0 "$path" build -o "../../$bench/net-$part" ./$part)
    done
    (cd bench/net && "$path" build -o "../../$load" ./load)
}

# with_card: what follows has a network card, three ports lead to the server.
with_card() { forwards=("$web:8080" "$((web + 1)):8081" "$((web + 2)):8082"); }

# up KERNEL MEMORY [QEMU_ARGUMENT...]: boots the server and waits until it listens; down: ends it.
up() {
    local kernel=$1 memory=$2 i command
    extra=("${@:3}")
    start_command "$kernel" "$server" "$memory"
    extra=()
    : >"$bench/net.out" # what another one said there is no word of this one
    "${command[@]}" </dev/null >"$bench/net.out" 2>&1 &
    machine=$!
    for ((i = 0; i < 1000; i++)); do
        grep -qsa ready "$bench/net.out" && return 0
        kill -0 $machine 2>/dev/null || break
        sleep 0.03
    done
    kill $machine 2>/dev/null || true
    wait $machine 2>/dev/null || true
    return 1
}

down() {
    $load get $web /quit >/dev/null 2>&1 || true
    timeout 20 tail --pid=$machine -f /dev/null || kill $machine
    wait $machine 2>/dev/null || true
}

image_bytes() { # KERNEL
    if [ "$1" = here ]; then stat -c %s "$(net_image)"; else stat -c %s "$bench/Image-$1"; fi
}

measure_first() {
    local round kernel command empty floor
    empty=(qemu-system-aarch64 -M virt -cpu "$cpu" -m 512 -nodefaults -display none -serial stdio -no-reboot -kernel "$bench/empty.img")
    floor=$($bench/measure -n "$rounds" empty "${empty[@]}" | cut -d' ' -f1)
    for ((round = 0; round < rounds; round++)); do
        for kernel in "${names[@]}"; do
            start_command "$kernel" $server 512
            echo "$kernel $($load first $web "${command[@]}" 2>/dev/null)"
        done
    done >"$bench/net.first"
    for kernel in "${names[@]}"; do
        note "$kernel" "ms to the first 200 beyond the empty kernel's" \
            "$(awk -v k="$kernel" '$1 == k { print $2 }' "$bench/net.first" | median | awk -v f="$floor" '{ printf "%.0f", $1 - f }')"
    done
}

# serves KERNEL MEMORY: whether it answers in so many MiB.
serves() {
    local result=1
    if up "$1" "$2"; then
        if $load get $web / 2>/dev/null | grep -q hello; then result=0; fi
        down
    fi
    return $result
}

measure_memory() {
    local kernel low high middle
    for kernel in "${names[@]}"; do
        low=0 high=256
        while [ $((high - low)) -gt 1 ]; do
            middle=$(((low + high) / 2))
            if serves "$kernel" $middle; then high=$middle; else low=$middle; fi
        done
        note "$kernel" "smallest memory, MiB" $high
    done
}

counted() { sed -E "s/.*\"$1\": ([0-9]+).*/\\1/" "$bench/net.count.json"; }

# count_run KERNEL WORK...: boots with the counting plugin, does WORK, ends. Sets requests; the counts are for counted.
count_run() {
    local kernel=$1
    shift
    up "$kernel" 512 -plugin "$plugin,out=$bench/net.count.json"
    "$@"
    requests=$($load get $web /count)
    down
}

measure_instructions() {
    local kernel base figure
    for kernel in "${names[@]}"; do
        count_run "$kernel" $load get $web / >/dev/null
        base="$(counted total) $(counted program) $requests"
        count_run "$kernel" wrk -t2 -c16 -d"${seconds}s" "http://127.0.0.1:$web/" >/dev/null
        figure=$(echo "$base $(counted total) $(counted program) $requests" | awk '{ n = $6 - $3; printf "%.0f %.0f", ($4 - $1) / n, ($5 - $2) / n }')
        note "$kernel" "guest instructions per request" "${figure% *}"
        note "$kernel" "  the program's own" "${figure#* }"
    done
}

measure_idle() {
    local kernel before
    for kernel in "${names[@]}"; do
        count_run "$kernel" sleep $settle_seconds
        before=$(counted wfi)
        count_run "$kernel" sleep $((idle_seconds + settle_seconds))
        note "$kernel" "wake-ups a minute when idle" "$(($(counted wfi) > before ? ($(counted wfi) - before) * 60 / idle_seconds : 0))"
    done
}

measure_loopback() {
    local kernel command
    forwards=() icount=1
    for kernel in "${names[@]}"; do
        start_command "$kernel" "$bench/net-loopback" 512 GODEBUG=asyncpreemptoff=1
        timeout 300 "${command[@]}" </dev/null 2>/dev/null | tr -d '\r' | grep -a '^loopback' | sed "s/^/$kernel\t/" >>"$lines" || true
    done
    icount=0
    with_card
}

# per_round NAME WORK...: the median over the rounds of the number that WORK prints, each kernel in turn.
per_round() {
    local name=$1 round kernel
    shift
    for ((round = 0; round < rounds; round++)); do
        for kernel in "${names[@]}"; do
            if up "$kernel" 512; then
                echo "$kernel $("$@")"
                down
            fi
        done
    done >"$bench/net.rounds"
    for kernel in "${names[@]}"; do
        note "$kernel" "$name" "$(awk -v k="$kernel" '$1 == k { print $2 }' "$bench/net.rounds" | median)"
    done
}

hammer() { wrk -t2 -c"$1" -d"${seconds}s" "http://127.0.0.1:$web/" | awk '/Requests\/sec/ { print $2 }'; } # CONNECTIONS

measure_speed() {
    local connections
    for cpus in 1 2; do
        for connections in 16 256; do
            per_round "requests/s, $cpus CPU$([ $cpus = 1 ] || echo s), $connections connections" hammer $connections
        done
    done
    cpus=1
}

measure_bulk() {
    per_round "MB/s to the guest" $load send $((web + 1)) $bulk_bytes
    per_round "MB/s from the guest" $load receive $((web + 2)) $bulk_bytes
}

# ratios: the rows that bench/net/ratios names: what each kernel reached, and ours in times of each.
print_ratios() {
    awk -F '\t' -v kernels="${names[*]}" '
        BEGIN { n = split(kernels, kernel, " "); printf "how fast\tat least"; for (i = 1; i <= n; i++) printf "\t%s%s", kernel[i], kernel[i] == "here" ? "" : "\tratio"; print "" }
        FNR == NR { if ($0 !~ /^#/ && NF == 2) { limit[$1] = $2 } next }
        $2 in limit { if (!($2 in seen)) { seen[$2]; order[++rows] = $2 } figure[$1, $2] = $3 }
        END {
            for (r = 1; r <= rows; r++) {
                name = order[r]; printf "%s\t%s x", name, limit[name]
                for (i = 1; i <= n; i++) {
                    f = figure[kernel[i], name]; printf "\t%s", f == "" ? "-" : f
                    if (kernel[i] == "here") continue
                    ratio = f > 0 ? figure["here", name] / f : 0
                    printf "\t%s", ratio ? sprintf("%.2f%s", ratio, ratio < limit[name] ? " *" : "") : "-"
                }
                print ""
            }
        }' bench/net/ratios "$lines" | table
}

build
with_card
if section image; then for kernel in "${names[@]}"; do note "$kernel" "kernel image without the program, bytes" "$(image_bytes "$kernel")"; done; fi
for part in first memory instructions idle loopback speed bulk; do
    if section $part; then measure_$part; fi
done
grep -v -e '	requests/s' -e '	MB/s' "$lines" >"$lines.spent" || true
[ -s "$lines.spent" ] && tabulate bench/net/limits "what is spent" "${names[@]}" <"$lines.spent" && echo
if section speed || section bulk; then print_ratios; fi
to_json figure <"$lines" >"$bench/net.json"
rm -f "$lines.spent"
