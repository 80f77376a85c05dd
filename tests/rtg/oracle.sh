#!/usr/bin/env bash
# The programs of tests/rtg/shared, and N random ones (seeds from FIRST), mean the same to the Go toolchain, with the package
# tests/rtg/gostub in place of the runtime, as to rtg on three machines.
# The shared ones come along only when FIRST is 1.
#   tests/rtg/oracle.sh [N [FIRST]]
set -u
cd "$(dirname "$0")/../.." || exit 1
count=${1:-20} first=${2:-1} batch=100 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
go=$(command -v go || echo /usr/local/go/bin/go)
[ -x "$go" ] || go=/usr/lib/go-1.19/bin/go
export GOFLAGS=-mod=mod GO111MODULE=on GOCACHE=${GOCACHE:-$work/cache} GOPROXY=off GOTOOLCHAIN=local

mkdir -p "$work/rtg/runtime"
cp tests/rtg/gostub/runtime/runtime.go "$work/rtg/runtime/"
printf 'module rtg\n\ngo 1.19\n' >"$work/rtg/go.mod"
programs=()
[ "$first" = 1 ] && programs=(tests/rtg/shared/*.rtg)
awk -f tests/rtg/far.awk >"$work/far.rtg" && [ "$first" = 1 ] && programs+=("$work/far.rtg")
for ((seed = first; seed < first + count; seed += batch)); do # the Go toolchain takes its time: many programs are one file
    n=$((first + count - seed))
    build/tests/rtg-generate "$seed" $((n < batch ? n : batch)) >"$work/random$seed.rtg" || exit 1
    programs+=("$work/random$seed.rtg")
done
for f in "${programs[@]}"; do
    mkdir -p "$work/rtg/$(basename "$f" .rtg)"
    cp "$f" "$work/rtg/$(basename "$f" .rtg)/main.go"
done
if ! (cd "$work/rtg" && mkdir -p ../bin && "$go" build -gcflags=-e -o ../bin/ ./...) >"$work/go.log" 2>&1; then
    cat "$work/go.log"
    echo "not ok rtg oracle: go build"
    exit 1
fi

run() { # ARCH FILE OPTION
    local emulator=
    case $1-$(uname -m) in
    amd64-x86_64 | arm64-aarch64) ;;
    amd64-*) emulator=qemu-x86_64 ;;
    arm64-*) emulator=qemu-aarch64 ;;
    *) emulator=qemu-riscv64 ;;
    esac
    # shellcheck disable=SC2086
    ./rtg build --quiet --arch "$1" $3 -o "$work/program" "$2" && timeout 120 $emulator "$work/program"
}

for f in "${programs[@]}"; do
    name=$(basename "$f" .rtg)
    "$work/bin/$name" >"$work/want" 2>&1 </dev/null
    bad='' difference=''
    for arch in amd64 arm64 riscv64; do
        for option in "" --no-passes; do
            run "$arch" "$f" "$option" >"$work/got" 2>&1
            cmp -s "$work/want" "$work/got" && continue
            bad="$bad $arch$option"
            difference=$(diff "$work/want" "$work/got" | head -n 5)
            # which of the file's programs it is
            [[ $name = random* ]] && bad="$bad (seed $(head -n "$(cmp "$work/want" "$work/got" | sed 's/.*line //')" "$work/want" |
                sed -n 's/^program //p' | tail -n 1))"
        done
    done
    if [ -z "$bad" ]; then
        echo "ok rtg oracle $name"
    else
        echo "$difference"
        echo "not ok rtg oracle $name:$bad"
        failed=1
    fi
done
exit $failed
