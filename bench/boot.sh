#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bench/lib.sh assigns
# From reset to a Go program's end, here and on Linux, the same binary being the first program.
#   bench/boot.sh [-n RUNS] [-g GO] [-q]      RUNS of each timing (9); GO is go1.19 unless set; -q: no smallest memory, which takes minutes
# Prints tables, and writes build/bench/boot.json.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=bench/lib.sh
. bench/lib.sh

runs=9 go=go1.19 quick=
while getopts n:g:q option; do
    case $option in
    n) runs=$OPTARG ;;
    g) go=$OPTARG ;;
    q) quick=1 ;;
    *) exit 2 ;;
    esac
done
text="hello, world"
json=$bench/boot.json
plugin=build/tools/insncount.so

# instructions KERNEL PROGRAM: "TOTAL PROGRAM'S KERNEL'S", in a machine whose clock counts instructions.
instructions() {
    local icount=1 extra=(-plugin "$plugin,out=$bench/count.json") command
    start_command "$1" "$2" 512
    "${command[@]}" </dev/null >/dev/null 2>&1 || true
    sed -E 's/.*"total": ([0-9]+), "program": ([0-9]+), "kernel": ([0-9]+), "kernel_mmu_off": ([0-9]+).*/\1 \2 \3 \4/' $bench/count.json |
        awk '{ print $1, $2, $3 + $4 }'
}

# output_ms TEXT COMMAND...: the time of one run to the text on its output.
output_ms() {
    $bench/measure -n 1 "$@" | cut -d' ' -f1
}

# beyond_ms TEXT COMMAND...: how much longer than the empty kernel's that is: the median of pairs, since a shared host is now faster, now slower.
beyond_ms() {
    local i
    for ((i = 0; i < runs; i++)); do difference "$(output_ms "$@")" "$(output_ms empty "${empty[@]}")"; done | median
}

# median_ms TEXT COMMAND...
median_ms() {
    local i
    for ((i = 0; i < runs; i++)); do output_ms "$@"; done | median
}

prints_in() { # KERNEL PROGRAM MEMORY
    local extra=() icount=0 command
    start_command "$1" "$2" "$3"
    timeout 20 "${command[@]}" </dev/null 2>&1 | grep -q "$text"
}

# smallest KERNEL PROGRAM: the least memory in MiB in which the program prints, by bisection up to 256.
smallest() {
    local low=0 high=256 middle
    while [ $((high - low)) -gt 1 ]; do
        middle=$(((low + high) / 2))
        if prints_in "$1" "$2" $middle; then high=$middle; else low=$middle; fi
    done
    echo $high
}

# image_bytes KERNEL PROGRAM: of the kernel that the program gets.
image_bytes() {
    if [ "$1" = here ]; then ./mazboot run --stats "$2" 2>&1 | awk '/kernel image/ { print $NF }'; else stat -c %s $bench/Image-"$1"; fi
}

difference() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f\n", a - b }'; }
millions() { awk -v n="$1" 'BEGIN { printf "%.3f M", n / 1e6 }'; }
first() { echo "$1"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (b) printf "%.1fx", a / b; else printf "-" }'; }

# note KERNEL PROGRAM FIGURE VALUE: keeps a figure for the tables and for the JSON.
declare -A figure
note() {
    figure[$1,$2,$3]=$4
    printf '{"kernel": "%s", "program": "%s", "figure": "%s", "value": %s}\n' "$@" >>$json.lines
}

# launcher_ms KERNEL: how much of the time passes before QEMU starts. --dry-run does all but that.
launcher_ms() {
    if [ "$1" = here ]; then median_ms qemu-system "${command[0]}" run --dry-run "${command[@]:2}"; else echo 0; fi
}

gather() { # PROGRAM
    local program=$1 binary=$programs/$go/plain/$1 kernel total own rest command
    for kernel in $(kernels); do
        read -r total own rest < <(instructions "$kernel" "$binary")
        note "$kernel" "$program" instructions "$total"
        note "$kernel" "$program" program_instructions "$own"
        note "$kernel" "$program" kernel_instructions "$rest"
        note "$kernel" "$program" image_bytes "$(image_bytes "$kernel" "$binary")"
        start_command "$kernel" "$binary" 512
        note "$kernel" "$program" output_ms_beyond_empty "$(beyond_ms "$text" "${command[@]}")"
        note "$kernel" "$program" output_ms_from_qemu "$(difference "${figure[$kernel,$program,output_ms_beyond_empty]}" "$(launcher_ms "$kernel")")"
        if [ -z "$quick" ]; then note "$kernel" "$program" smallest_memory_mib "$(smallest "$kernel" "$binary")"; fi
    done
}

# row TITLE LIMIT PROGRAM FIGURE [FORMAT]: a line of the table, a column for each kernel.
row() {
    local kernel value line=$1$'\t'$2
    for kernel in $(kernels); do
        value=${figure[$kernel,$3,$4]:-}
        line+=$'\t'${value:+$("${5:-echo}" "$value" "${figure[here,$3,$4]:-}")}
    done
    echo "$line"
}

print_table() { # TITLE PROGRAM LIMIT_INSTRUCTIONS
    {
        printf '%s\tlimit\t%s\n' "$1" "$(kernels | paste -s)"
        row "guest instructions, reset to exit" "$3" "$2" instructions millions
        row "  times ours" "" "$2" instructions ratio
        row "  the program's own" "" "$2" program_instructions millions
        row "  the kernel's" "" "$2" kernel_instructions millions
        row "ms from QEMU's start to output beyond the empty kernel's" 30 "$2" output_ms_from_qemu first
        row "  from the command's start" "" "$2" output_ms_beyond_empty first
        [ -n "$quick" ] || row "smallest memory, MiB" 8 "$2" smallest_memory_mib first
        row "kernel image without the program, bytes" 163840 "$2" image_bytes first
    } | table
    echo
}

tests/programs/build.sh
: >$json.lines
empty=(qemu-system-aarch64 -M virt -cpu "$cpu" -m 512 -nodefaults -display none -serial stdio -no-reboot -kernel "$bench/empty.img")
floor=$(median_ms empty "${empty[@]}")
gather println
gather hello
print_table "println hello, $go" println "0.450 M"
print_table "fmt hello, $go" hello "0.650 M"
own=$(difference "$(median_ms "$text" qemu-aarch64 "$programs/$go/plain/println")" "$(median_ms empty qemu-aarch64 $bench/empty-user)")
note - println user_mode_ms "$own"
note - empty floor_ms "$floor"
echo "The empty kernel printed after $floor ms. Translating and running println hello's own code took $own ms in user-mode emulation."
{ echo "["; sed '$!s/$/,/' $json.lines; echo "]"; } >$json
rm $json.lines
