#!/usr/bin/env bash
# What does not work says so in one sentence, with the exit status that tells whose fault it is.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# refuses NAME STATUS SENTENCE ARGS...
refuses() {
    local name=$1 expected=$2 sentence=$3
    shift 3
    play 'exit 0' "$@"
    same "$name" "$expected: mazboot: $sentence" "$status: $out$err"
}

cd "$tmp" || exit 1
make_elf good 183
make_elf amd64 62
make_elf riscv64 243
make_elf arm32 40 1
make_elf object 183 2 1
make_elf cgo 183 2 2 3
head -c 100 good >cut-headers
head -c 3000 good >cut-segment
head -c 20 good >cut-header
echo 'hello' >text && : >empty
printf '#!/bin/sh\necho hi\n' >script
mkdir folder && mkfifo fifo
cp good secret && chmod 000 secret

refuses 'no such program' 127 './nosuch: no such program, and no such Go package here' run ./nosuch
refuses 'no such folder' 127 'text/x: Not a directory' run text/x
refuses 'no such package' 127 'no/such/package: no such program, and no such Go package here' run no/such/package
refuses 'another machine' 126 './amd64 is an amd64 program; build it with GOARCH=arm64' run ./amd64
refuses 'riscv64' 126 './riscv64 is a riscv64 program; build it with GOARCH=arm64' run ./riscv64
refuses '32 bits' 126 './arm32 is a 32-bit program; build it with GOARCH=arm64' run ./arm32
refuses 'dynamic' 126 './cgo is dynamically linked; build it with CGO_ENABLED=0' run ./cgo
refuses 'object file' 126 './object is an object file, not a linked program' run ./object
refuses 'text' 126 'text is not an ELF program' run text
refuses 'empty' 126 'empty is empty' run empty
refuses 'script' 126 './script is a script; a machine runs compiled arm64 programs only' run ./script
refuses 'header cut' 126 'cut-header is truncated: its ELF header is cut off' run cut-header
refuses 'headers cut' 126 'cut-headers is truncated: its program headers are cut off' run cut-headers
refuses 'segment cut' 126 'cut-segment is truncated: it has 3000 bytes, a segment of 4096 bytes starts at 0' run cut-segment
refuses 'folder' 126 'folder is a folder without Go files; name a program or a Go package' run folder
refuses 'fifo' 126 'fifo is not a regular file' run fifo
if [ "$(id -u)" -ne 0 ]; then
    refuses 'no permission' 126 './secret: Permission denied' run ./secret
fi

refuses 'no program' 125 'run needs a program: mazboot run ./hello; see mazboot run --help' run -v
refuses 'unknown option' 125 'unknown option --memroy; see mazboot run --help' run --memroy 8M good
refuses 'size' 125 '-m 8X is not a size; write it as 512M or 1G; see mazboot run --help' run -m 8X good
refuses 'little memory' 125 '-m 1K: a machine has 2M to 1T of memory; see mazboot run --help' run -m 1K good
refuses 'no value' 125 '-m needs a value: -m SIZE; see mazboot run --help' run -m
refuses 'memory below any program' 125 'kernel and program need at least 5 MiB to boot, the machine has 4; give it more with -m' run -m 4M good
refuses 'processors' 125 '-smp 0 is not a number of processors; see mazboot run --help' run -smp 0 good
refuses 'many processors' 125 'a machine has 1 to 123 processors, not 124' run -smp 124 good
refuses 'duration' 125 '--timeout soon is not a duration; write it as 500ms, 10s or 2m; see mazboot run --help' run --timeout soon good
refuses 'accelerator' 125 '--accel xen: it is tcg, kvm or auto; see mazboot run --help' run --accel xen good
refuses 'variable' 125 '-e needs a name: -e NAME=VALUE, or -e NAME for the value that it has here; see mazboot run --help' run -e =x good
refuses 'name of the machine' 125 '--hostname takes 1 to 64 letters, digits, dots and hyphens; see mazboot run --help' run --hostname 'a b' good
refuses 'empty name of the machine' 125 '--hostname takes 1 to 64 letters, digits, dots and hyphens; see mazboot run --help' run --hostname '' good
refuses 'no such root' 125 '--root: nowhere: No such file or directory; see mazboot run --help' run --root nowhere good
refuses 'root that is no archive' 125 '--root: good is neither a folder nor an uncompressed tar archive; unpack it and name the folder; see mazboot run --help' run --root good good
refuses 'small file as root' 125 '--root: text is neither a folder nor an uncompressed tar archive; unpack it and name the folder; see mazboot run --help' run --root text good
refuses 'fifo as root' 125 '--root: fifo is not a regular file; see mazboot run --help' run --root fifo good
refuses 'relative folder' 125 '--cwd tmp: it is a path in the guest, such as /tmp; see mazboot run --help' run --cwd tmp good
refuses 'long folder' 125 '--cwd takes a path of at most 255 bytes; see mazboot run --help' run --cwd "/$(printf '%0300d' 0)" good
refuses 'icount and kvm' 125 'KVM cannot count instructions; use --accel tcg' run --icount --accel kvm good
refuses 'trace file' 125 'cannot write the trace to /no/file: No such file or directory' run --strace=/no/file good
refuses 'mistyped command' 125 'there is no command rnu; did you mean mazboot run?' rnu good
refuses 'unknown command' 125 'there is no command frobnicate; mazboot help lists them' frobnicate
refuses 'help of no command' 125 'there is no command biuld; did you mean mazboot build?' help biuld
refuses 'build without file' 125 'build needs a program and a file: mazboot build ./hello -o hello.img' build good
refuses 'build into nowhere' 125 'cannot write /no/file: No such file or directory' build good -o /no/file
mknod full c 1 7 2>/dev/null || ln -s /dev/full full
refuses 'build onto a full device' 125 'cannot write the image: No space left on device' build good -o full
same 'the device is still there' 'yes' "$([ -c full ] && echo yes)"
refuses 'build of nothing' 127 './nosuch: no such program, and no such Go package here' build ./nosuch -o x
refuses 'completion' 125 'completion needs the name of a shell: bash, zsh or fish' completion tcsh

head -c 4000000 /dev/zero >>good
refuses 'program too large' 125 'kernel and program need at least 7 MiB to boot, the machine has 6; give it more with -m' run -m 6M good
MAZBOOT_KERNEL=/no/kernel refuses 'no kernel' 125 \
    'cannot read the kernel /no/kernel: No such file or directory' run good
refuses 'small kernel with a root' 125 '--root needs the full kernel: leave out --kernel small' run --kernel small --root . good
MAZBOOT_KERNEL=$tmp/amd64 refuses 'not a kernel' 125 "$tmp/amd64 is not an arm64 kernel image of Mazboot; build one with make" run good
MAZBOOT_QEMU=/no/qemu refuses 'chosen QEMU missing' 125 'there is no program /no/qemu, which MAZBOOT_QEMU names' run good
got=$(MAZBOOT_QEMU='' PATH=$tmp "$mazboot" run ./good 2>&1)
same 'QEMU missing' 'mazboot: QEMU is not installed (no qemu-system-aarch64 in PATH); install it with apt-get install qemu-system-arm' "$got"
echo 'package main' >x.go
got=$(PATH=/nonexistent "$mazboot" run x.go 2>&1)
same 'go missing' '125: mazboot: x.go is a Go package, and there is no go command to build it; install it with apt-get install golang-go' "$?: $got"
ended
