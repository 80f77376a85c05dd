#!/usr/bin/env bash
# Both init programs, on three machines: as PID 1 of namespaces with a fake root, under user-mode emulation where the machine is
# not this one's, with a file for physical memory. The host's side is tests/rtg/host.c.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
pid=
cleanup() {
    [ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT
addresses=(--config-int MAILBOX_PHYS_ADDR=0 --config-int TIMESLICE_MMIO_PHYS_ADDR=0x1000 --config-int CONFIG_REGION_PHYS_ADDR=0x3000)
container=(--config hostname=tester --config workdir=/ --config "hosts_content=127.0.0.1 localhost" --config root_source=rootfs
    --config root_type=virtiofs --config exec_strings=x --config-int exec_argc=1 --config-int exec_envc=0)

unshare -rmpf true 2>/dev/null || {
    echo "skip rtg inits: this system has no user namespaces"
    exit 0
}

declare -A emulator=([amd64]=qemu-x86_64 [arm64]=qemu-aarch64 [riscv64]=qemu-riscv64)
case $(uname -m) in
x86_64) native=amd64 ;;
aarch64) native=arm64 ;;
*) native=riscv64 ;;
esac

build() { # ARCH
    local arch=$1 root=$work/$1
    mkdir -p "$root"/{dev,proc,sys,mnt/bin,tmp,usr} && : >"$root/dev/console"
    truncate -s $((0x403000)) "$root/dev/mem"
    ./rtg build --arch "$arch" -D HOSTED "${addresses[@]}" -o "$root/init" initx/regular.rtg initx/lib.rtg || return 1
    ./rtg build --arch "$arch" -D HOSTED -D command_loop "${addresses[@]}" "${container[@]}" --emit obj -o "$root/container.obj" \
        initx/container.rtg initx/lib.rtg || return 1
    ./rtg build --arch "$arch" --emit obj --embed data=tests/rtg/run/part1.txt -o "$root/result.obj" tests/rtg/payloads/result.rtg || return 1
    ./rtg build --arch "$arch" --emit obj -o "$root/crash.obj" tests/rtg/payloads/crash.rtg || return 1
    ./rtg build --arch "$arch" -o "$root/mnt/bin/command" tests/rtg/payloads/command.rtg
}

# The guest: what its root lacks for the emulator is mounted into it.
start() { # ARCH
    local root=$work/$1 run=/init
    [ "$1" = $native ] || run="${emulator[$1]} /init"
    # shellcheck disable=SC2016
    setsid unshare -rmpf --kill-child sh -c '
        for d in usr; do mount --bind /$d "$1/$d"; done
        for d in lib lib64 bin; do ln -sfn usr/$d "$1/$d"; done
        exec chroot "$1" $2' sh "$root" "$run" >"$work/log" 2>&1 &
    pid=$!
}

for arch in amd64 arm64 riscv64; do
    root=$work/$arch
    build $arch || {
        echo "not ok rtg inits $arch: build"
        continue
    }
    start $arch
    ran=0
    [ $arch = $native ] && ran=42 || ran=127
    if build/tests/rtg-host "$root/dev/mem" ready payload="$root/result.obj" request=0x1234567,0 request=0x1234567,0 \
        payload="$root/crash.obj" request=139,5 quiesce payload="$root/result.obj" poke=0,1 request=-1,1 \
        payload="$root/result.obj" poke=4,0x7fffffff request=-2,2 payload="$root/result.obj" poke=8,0x7fffffff request=-2,2 \
        payload="$root/result.obj" poke=20,0x400000 request=-2,2 payload="$root/result.obj" poke=40,0xfffff request=-3,3 \
        payload="$root/result.obj" request=0x1234567,0 >"$work/steps" 2>&1; then
        grep -q 'payload 1 6 1 part1.txt' "$root/dev/console" && echo "ok rtg inits $arch regular" || {
            cat "$root/dev/console"
            echo "not ok rtg inits $arch regular: no output"
        }
    else
        tail -n 3 "$work/steps"
        cat "$work/log" "$root/dev/console"
        echo "not ok rtg inits $arch regular"
    fi
    # The container's init is a payload that stays: the request that starts it is acknowledged by its own loop.
    if build/tests/rtg-host "$root/dev/mem" payload="$root/container.obj" start ready command=/bin/command,a,b request=$ran,0 \
        command=/bin/nothing request=127,0 quiesce request=0,1 command=/bin/command poke=0x100008,0x7fffffff request=-7,7 \
        command=/bin/command poke=0x100004,0x7fffffff request=-4,4 \
        command="/bin/command,$(seq -s, 1500)" request=$ran,0 \
        command=/bin/command request=$ran,0 >"$work/steps" 2>&1; then
        echo "ok rtg inits $arch container"
    else
        tail -n 3 "$work/steps"
        cat "$work/log" "$root/dev/console"
        echo "not ok rtg inits $arch container"
    fi
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    pid=
done
