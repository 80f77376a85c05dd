#!/usr/bin/env bash
# Real programs of the newest Go, stripped by others: esbuild (without build info) and tsgo, both for arm64, fetched by npm.
# Each comes up under mazboot trace. Barrier calls are compared with every bl of a whole disassembly that goes to one of the barriers.
#   tests/gobin/npm.sh [fetch]      with "fetch" it only fetches
cd "$(dirname "$0")/../.." || exit 1
. tests/gobin/lib.sh
dump=build/gobin/dump

fetch() { # PACKAGE FILE-IN-IT NAME
    [ -e "$built/$3" ] && return
    mkdir -p "$built"
    tarball=$(cd "$scratch" && npm pack --silent "$1") &&
        tar -xzf "$scratch/$tarball" -C "$scratch" "package/$2" && mv "$scratch/package/$2" "$built/$3"
}

fetch @esbuild/linux-arm64@0.28.2 bin/esbuild esbuild || exit 1
fetch @typescript/native-preview-linux-arm64@7.0.0-dev.20260707.2 lib/tsgo tsgo || exit 1
[ "${1:-}" = fetch ] && exit 0

for name in esbuild tsgo; do
    file=$built/$name
    $dump functions "$file" | sed -n 's/^\([0-9a-f]*\) runtime\.\(gcWriteBarrier[0-9]\)$/0x\1 runtime.\2/p' >"$scratch/barriers"
    llvm-objdump -d --no-show-raw-insn "$file" |
        awk 'FNR == NR { name[$1] = $2; next } $2 == "bl" && $3 in name { sub(":", "", $1); print $1, name[$3] }' \
            "$scratch/barriers" - | sort >"$scratch/want"
    $dump sites "$file" | grep -v '^flag' | sort >"$scratch/got"
    same "$(wc -l <"$scratch/want") barrier sites of $name" "$scratch/want" "$scratch/got"
    ok "wb verify $name" quiet ./mazboot wb verify "$file"
    ./mazboot inspect --json --svg "$scratch/map.svg" "$file" >"$scratch/json"
    ok "inspect $name" [ $? -eq 0 ]
    sed -nE 's/^ *"name": "([a-z0-9_]+)",$/\1/p' "$scratch/json" | sort -u >"$scratch/needs"
    # a signal handler returns through the kernel's own code, not the program's
    (timeout 120 qemu-aarch64 -strace "$file" --version 2>&1 || true) |
        sed -nE 's/^[0-9]+ ([a-z0-9_]+)\(.*/\1/p' | grep -v '^rt_sigreturn$' | sort -u >"$scratch/made"
    comm -23 "$scratch/made" "$scratch/needs" >"$scratch/surprise"
    ok "inspect $name foresees the $(wc -l <"$scratch/made") system calls it makes" eval '! grep . "$scratch/surprise"'
    # without its own files tsgo ends in main.main, which is all that is asked for
    ./mazboot trace --json --icount --timeout 120s -m 1G "$file" --version >"$scratch/json" 2>"$scratch/said"
    ok "trace $name" quiet python3 -c 'import json, sys
t = json.load(open(sys.argv[1]))
bad = [c for c in t["checks"] if c["verdict"] == "FAIL"]
main = [s for s in t["steps"] if s["id"] == "11"]
print(bad, main, len(t["inits"]))
sys.exit(bool(bad) or not main or len(t["inits"]) < 80)' "$scratch/json"
done
[ $failures -eq 0 ]
