#!/usr/bin/env bash
# Facts from elsewhere: the numbers of rtgc/names.def against the kernel's headers of each machine, and what llvm-readelf sees in an
# executable: no segment is writable and executable, the stack is not executable, the symbols are where the map says. The library
# has no globals and calls nothing that prints, opens a file or ends the process.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

headers='fcntl.h sys/stat.h sys/mman.h sys/ioctl.h time.h sys/socket.h linux/vm_sockets.h linux/netlink.h linux/rtnetlink.h
    sys/mount.h signal.h sys/wait.h net/if.h poll.h unistd.h linux/random.h sys/random.h sched.h sys/prctl.h linux/futex.h errno.h
    asm/unistd.h linux/reboot.h'

numbers() { # ARCH COLUMN TRIPLE
    local folder=/usr/$3/include
    [ "$1-$(uname -m)" = amd64-x86_64 ] && folder=/usr/include/x86_64-linux-gnu
    [ -e "$folder/asm/unistd.h" ] || {
        echo "skip rtg facts numbers $1: no headers in $folder"
        return
    }
    {
        echo '#define _GNU_SOURCE'
        for h in $headers; do echo "#include <$h>"; done
        sed -n 's|^CALL(\(.*\), \(.*\), \(.*\), \(.*\))|SYS_\1 \2 \3 \4|p; s|^CONSTANT3(\(.*\), \(.*\), \(.*\), \(.*\))|\1 \2 \3 \4|p
            s|^CONSTANT(\([A-Z_0-9]*\), \(.*\))|\1 \2 \2 \2|p' rtgc/names.def |
            awk -v column="$2" '{
                negative = $1 ~ /^E[A-Z0-9]+$/ ? "-" : ""
                name = substr($1, 1, 4) == "SYS_" ? "__NR_" tolower(substr($1, 5)) : $1
                printf "_Static_assert((int)(%s(%s)) == (int)(%s), \"%s\");\n", negative, name, $column, $1
            }'
    } >"$work/numbers.c"
    if clang --target="$3" -isystem "$folder" -fsyntax-only -w "$work/numbers.c" 2>"$work/err"; then
        echo "ok rtg facts numbers $1"
    else
        grep error "$work/err" | head -n 5
        echo "not ok rtg facts numbers $1"
    fi
}
numbers amd64 2 x86_64-linux-gnu
numbers arm64 3 aarch64-linux-gnu
numbers riscv64 4 riscv64-linux-gnu

for arch in amd64 arm64 riscv64; do
    ./rtg build -g --arch $arch -o "$work/elf" tests/rtg/shared/consts.rtg
    ./rtg build -g --arch $arch --base 0x400000 --emit elf -o "$work/elf2" tests/rtg/shared/consts.rtg
    segments=$(llvm-readelf -lW "$work/elf" | awk '$1 == "LOAD" || $1 == "GNU_STACK" { print $1, $7 $8 $9 }' | sed 's/0x[0-9a-f]*$//' | sort | tr '\n' ' ')
    symbols=$(llvm-readelf -sW "$work/elf" | awk '$4 == "FUNC" { n++ } END { print n + 0 }')
    if [ "$segments" = "GNU_STACK RW LOAD RE LOAD RW " ] && [ "$symbols" -ge 3 ] && cmp -s "$work/elf" "$work/elf2"; then
        echo "ok rtg facts elf $arch"
    else
        echo "not ok rtg facts elf $arch: $segments, $symbols functions"
    fi
done

objects=(build/host/rtgc/*.o build/host/rtgc/*/*.o)
state=$(llvm-size -A "${objects[@]}" | awk '$1 ~ /^\.(data|bss|tdata|tbss)(\..*)?$/ && $1 !~ /rel\.ro/ { n += $2 } END { print n + 0 }')
forbidden=$(llvm-nm -u "${objects[@]}" | grep -wE 'exit|_exit|abort|puts|printf|fprintf|fputs|fwrite|perror|open|fopen|getenv' | sort -u | xargs)
if [ "$state" = 0 ] && [ -z "$forbidden" ] && [ -e "${objects[0]}" ]; then
    echo "ok rtg facts library"
else
    echo "not ok rtg facts library: $state bytes of globals, calls: $forbidden"
fi
if [ "$(llvm-readelf -h "$work/elf" | sed -n 's/.*Flags: *//p')" = "0x1, RVC" ]; then # riscv64's is the last that was built
    echo "ok rtg facts flags"
else
    echo "not ok rtg facts flags"
fi
