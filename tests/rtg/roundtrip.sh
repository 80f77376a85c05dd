#!/usr/bin/env bash
# The IR's text form: what every pass dumps can be read back, prints as it was read, and compiles; the first one makes the same bytes
# as the source. The same input gives the same bytes, whatever the folder and the environment.
set -u
cd "$(dirname "$0")/../.." || exit 1
root=$PWD work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

same() { # FILE ARCH
    # shellcheck disable=SC2046
    set -- "$1" "$2" $(sed -n 's|^// args: ||p' "$1")
    local file=$1 arch=$2 pass
    shift 2
    ./rtg build --quiet --arch "$arch" "$@" --emit elf -o "$work/a" "$file" || return 1
    ./rtg build --quiet --arch "$arch" "$@" --emit elf --dump build -o "$work/a2" "$file" >"$work/a.ir" || return 1
    cmp "$work/a" "$work/a2" || return 1
    ./rtg build --quiet --arch "$arch" --emit ir -o "$work/b.ir" "$work/a.ir" && cmp "$work/a.ir" "$work/b.ir" || return 1
    ./rtg build --quiet --arch "$arch" --emit elf -o "$work/b" "$work/a.ir" && cmp "$work/a" "$work/b" || return 1
    for pass in cfg simplify dead simplify2 dead2 legal alloc; do
        ./rtg build --quiet --arch "$arch" "$@" --dump $pass -o "$work/c" "$file" | sed '/^\t#/d' >"$work/c.ir" || return 1
        ./rtg build --quiet --arch "$arch" --emit ir -o "$work/d.ir" "$work/c.ir" && cmp "$work/c.ir" "$work/d.ir" || return 1
        ./rtg build --quiet --arch "$arch" -o "$work/d" "$work/c.ir" || return 1
    done
}

deterministic() { # FILE ARCH
    # shellcheck disable=SC2046
    set -- "$1" "$2" $(sed -n 's|^// args: ||p' "$1")
    local file=$1 arch=$2
    shift 2
    ./rtg build --quiet --arch "$arch" "$@" -g -o "$work/a" "$file" || return 1
    (cd "$root" && env -i TZ=Asia/Tokyo LANG=xx "$root/rtg" build --quiet --arch "$arch" "$@" -g -o "$work/b" "$file") && cmp "$work/a" "$work/b"
}

for file in tests/rtg/run/*.rtg tests/rtg/shared/*.rtg; do
    bad=
    for arch in arm64 amd64 riscv64; do
        same "$file" $arch || bad="$bad $arch"
        deterministic "$file" $arch || bad="$bad $arch-again"
    done
    [ -z "$bad" ] && echo "ok rtg roundtrip $(basename "$file" .rtg)" || echo "not ok rtg roundtrip $(basename "$file" .rtg):$bad"
done
