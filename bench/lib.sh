# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034 # what is assigned here is for the scripts that source this
# What the benchmarks share: the machines they compare, and how a program is started on each. Sourced from the root of the tree.
. tests/programs/lib.sh

bench=build/bench
cpu=cortex-a76 # ours and Linux's alike; pointer authentication, which newer models have, is emulated slowly

# kernels: those to compare, in the order of the columns: ours, and each Linux that has been fetched or built.
kernels() {
    local kernel
    [ -f build/kernel-arm64/mazboot.img ] && echo here
    for kernel in minimal debian; do [ -f $bench/Image-$kernel ] && echo $kernel; done
}

# net_kernels: those of them that have a network.
net_kernels() {
    local kernel
    [ -f build/kernel-arm64/mazboot.img ] && echo here
    for kernel in minimal-net debian; do [ -f $bench/Image-$kernel ] && echo $kernel; done
}

# net_image: our kernel that has a network.
net_image() {
    echo build/kernel-arm64/mazboot-net.img
}

# modules_of KERNEL: the folder with what it has to load for a network card.
modules_of() {
    if [ ${#forwards[@]} -gt 0 ] && [ -d "$bench/modules-$1" ]; then echo "$bench/modules-$1"; fi
}

# smp: how many CPUs QEMU makes. With one it would leave out the barriers that a network card needs (docs/BENCH.md).
smp() {
    if [ "$cpus" = 1 ] && [ ${#forwards[@]} -gt 0 ]; then echo 1,maxcpus=2; else echo "$cpus"; fi
}

# add_card: a network card for Linux, and the ports that lead to it.
add_card() {
    local forward netdev=user,id=net0
    for forward in "${forwards[@]}"; do netdev+=,hostfwd=tcp:127.0.0.1:${forward%:*}-10.0.2.15:${forward#*:}; done
    command+=(-netdev "$netdev" -global virtio-mmio.force-legacy=false -device "virtio-net-device,netdev=net0")
}

# start_command KERNEL PROGRAM MEMORY [VARIABLE...]: sets `command` to what boots PROGRAM; `extra` holds more arguments for QEMU,
# `icount` is 1 for a virtual clock that counts instructions, `cpus` how many CPUs there are, `forwards` the ports HOST:GUEST of 127.0.0.1 that
# lead into the guest: where there are any it has a network card.
extra=() icount=0 cpus=1 forwards=()
start_command() {
    local kernel=$1 program=$2 memory=$3 argument
    shift 3
    if [ "$kernel" = here ]; then
        command=(./mazboot run --accel tcg -m "${memory}M" -smp "$cpus" --cpu "$cpu")
        [ $icount = 1 ] && command+=(--icount)
        for argument in "${extra[@]}"; do command+=(--qemu-arg "$argument"); done
        for argument; do command+=(-e "$argument"); done
        for argument in "${forwards[@]}"; do command+=(-p "127.0.0.1:$argument"); done
        command+=("$program")
        return
    fi
    bench/linux/initramfs.sh "$program" "$bench/$(basename "$program").cpio" "$(modules_of "$kernel")"
    command=(qemu-system-aarch64 -M virt -cpu "$cpu" -m "$memory" -smp "$(smp)" -nodefaults -display none -serial stdio -no-reboot
        -kernel "$bench/Image-$kernel" -initrd "$bench/$(basename "$program").cpio"
        -append "console=ttyAMA0 panic=-1 quiet nokaslr LINUX=1 $* ${forwards[*]:+CARD=1}" "${extra[@]}")
    [ $icount = 1 ] && command+=(-icount "shift=0,sleep=off")
    [ ${#forwards[@]} -gt 0 ] && add_card
    return 0
}

# median: of the numbers on standard input, one a line; nothing of none.
median() { sort -g | awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)] }'; }

# table: columns aligned; the first to the left, the others to the right. Reads fields separated by tabs.
table() {
    awk -F '\t' '
        { for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } if (NF > columns) columns = NF }
        END {
            for (r = 1; r <= NR; r++) {
                printf "%-" width[1] "s", cell[r, 1]
                for (i = 2; i <= columns; i++) printf "  %" width[i] "s", cell[r, i]
                print ""
            }
        }'
}

# build_go FOLDER GO: builds the Go program of that folder of bench/ into build/bench.
build_go() {
    local path
    path=$(list_gos | awk -v go="$2" '$1 == go { print $2 }')
    (cd "bench/$1" && GOTOOLCHAIN=local GOOS=linux GOARCH=arm64 CGO_ENABLED=0 "$path" build -trimpath -o "../../$bench/$1" .)
}

# tabulate LIMITS TITLE KERNEL... <LINES: of lines "KERNEL NAME FIGURE", separated by tabs, one line a name in the order of measuring: name,
# limit, a column for each kernel; a star on what is over its limit.
tabulate() {
    awk -F '\t' -v title="$2" -v kernels="${*:3}" '
        BEGIN { n = split(kernels, kernel, " "); printf "%s\tlimit", title; for (i = 1; i <= n; i++) printf "\t%s", kernel[i]; print "" }
        FNR == NR { if ($0 !~ /^#/) limit[$1] = $2; next }
        { if (!($2 in seen)) { seen[$2]; order[++rows] = $2 } figure[$1, $2] = $3 }
        END {
            for (r = 1; r <= rows; r++) {
                name = order[r]; printf "%s\t%s", name, limit[name]
                for (i = 1; i <= n; i++) {
                    f = figure[kernel[i], name]
                    printf "\t%s%s", f == "" ? "-" : f, kernel[i] == "here" && limit[name] != "" && (f == "-" || f > limit[name] + 0) ? " *" : ""
                }
                print ""
            }
        }' "$1" - | table
}

# to_json KEY: the same lines as a JSON array, the figure named KEY.
to_json() {
    awk -F '\t' -v key="$1" '
        BEGIN { print "[" }
        { printf "%s{\"kernel\": \"%s\", \"operation\": \"%s\", \"%s\": %s}", (NR > 1 ? ",\n" : ""), $1, $2, key, ($3 == "-" ? "null" : $3) }
        END { print "\n]" }'
}
