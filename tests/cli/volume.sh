#!/usr/bin/env bash
# mazboot run --volume: what QEMU and the kernel are told, and wrong words.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
make_elf hello 183
mkdir -p 'plain' 'with, comma:and colon' inside/bin
cp hello inside/bin/

play 'item 4' run --volume plain:/data/ --volume 'with, comma:and colon:/b:ro' ./hello
same 'kernel options' $'execfn=/hello\nvolume0=rw:/data\nvolume1=ro:/b' "$(grep -E '^(execfn|volume)' <<<"$out")"
play 'item 4' run --volume inside:/in:rw ./inside/bin/hello
same 'the program is in a volume' 'execfn=/in/bin/hello' "$(grep '^execfn' <<<"$out")"
play '' run --dry-run --volume plain:/data --volume 'with, comma:and colon:/b:ro' ./hello
same 'QEMU' "-fsdev local,id=vol000,security_model=none,multidevs=remap,path=$tmp/plain -device virtio-9p-device,fsdev=vol000,mount_tag=vol000 \
-fsdev 'local,id=vol001,security_model=none,multidevs=remap,readonly=on,path=$tmp/with,, comma:and colon' -device virtio-9p-device,fsdev=vol001,mount_tag=vol001" \
    "$(grep -o -- '-fsdev.*mount_tag=vol001' <<<"$out")"

# wrong NAME MESSAGE SPECIFICATION...
wrong() {
    local name=$1 message=$2 options=() spec
    shift 2
    for spec; do options+=(--volume "$spec"); done
    play '' run "${options[@]}" ./hello
    same "$name" "125|mazboot: --volume${message}; see mazboot run --help" "$status|$err"
}
wrong 'no place' ' plain: write it as HOST:GUEST or HOST:GUEST:ro, such as .:/data' plain
wrong 'no folder' ' :/data: write it as HOST:GUEST or HOST:GUEST:ro, such as .:/data' :/data
wrong 'not there' ': nowhere: No such file or directory' nowhere:/data
wrong 'a file' ': hello is not a folder' hello:/data
wrong 'relative' ': data: the place in the guest is an absolute path, such as /data' plain:data
wrong 'upwards' ': /a/..: the place in the guest is an absolute path, such as /data' plain:/a/..
wrong 'the root' " can't be the guest's root; --root DIR fills that" plain:/
wrong "the kernel's" ": /proc/x is the kernel's own" plain:/proc/x
wrong 'twice' ': there is another one at /data' plain:/data inside:/data
wrong 'too many' ' may be given 8 times at most' plain:/1 plain:/2 plain:/3 plain:/4 plain:/5 plain:/6 plain:/7 plain:/8 plain:/9
ended
