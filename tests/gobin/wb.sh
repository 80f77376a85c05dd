#!/usr/bin/env bash
# mazboot wb: its list against a whole disassembly, its patches by running the result, its refusals by functions that break
# the contract of a barrier one way each (programs/selftest/stubs_*.s), its undoing by comparing bytes.
cd "$(dirname "$0")/../.." || exit 1
. tests/gobin/lib.sh

# FILE and its stripped twin
check_list() {
    objdump_sites "$1" >"$scratch/want"
    ./mazboot wb list --json "$2" >"$scratch/json"
    sed -nE 's/^ *"(pc|callee)": "(0x)?([^"]*)".*/\3/p' "$scratch/json" | paste -d' ' - - | sort >"$scratch/got"
    same "wb list --json $3: $(wc -l <"$scratch/want") sites" "$scratch/want" "$scratch/got"
    ok "wb list --json $3: go, arch" grep -qE "\"arch\": \"${3#* }\"" "$scratch/json"
    ./mazboot wb list "$2" | sed -nE 's/^0x([0-9a-f]+) .*/\1/p' | sort >"$scratch/got"
    cut -d' ' -f1 "$scratch/want" >"$scratch/pcs"
    same "wb list $3" "$scratch/pcs" "$scratch/got"
}

refused() { # STATUS PATTERN COMMAND...
    local status=$1 pattern=$2
    shift 2
    "$@" >"$scratch/out" 2>&1
    [ $? -eq "$status" ] && grep -q "$pattern" "$scratch/out" && return
    cat "$scratch/out"
    return 1
}

# Every test says Y with the flag off and on. (With the collector pressed it may well crash: that is what --no-gc is about.
# Bulk barriers still record pointers.)
runs_without_barriers() {
    ./mazboot wb verify --run "$1" >"$scratch/out" 2>&1
    [ "$(grep -cE '^T[0-9]+ .*  Y +Y +Y +[YN-] +(left out|[YN-]) *$' "$scratch/out")" -eq 12 ] &&
        grep -q '^Y  flag off: exit status 0' "$scratch/out" && grep -q '^Y  flag on: exit status 0' "$scratch/out" && return
    cat "$scratch/out"
    return 1
}

check_patch() { # FILE STUB NAME
    ok "wb patch --stub $2 $3" quiet ./mazboot wb patch --no-gc --stub "$2" -o "$scratch/patched" "$1"
    ok "wb patch --stub $2 $3: runs" runs_without_barriers "$scratch/patched"
    ok "wb patch --stub $2 $3: symbols are weak" [ "$(llvm-nm "$scratch/patched" | grep -c ' W runtime.gcWriteBarrier')" -ge 1 ]
    ok "wb patch --revert $3" ./mazboot wb patch --revert "$scratch/patched.wbpatch" -o "$scratch/back" "$scratch/patched"
    ok "wb patch --revert $3: the same bytes" cmp -s "$1" "$scratch/back"
    ok "wb patch --revert $3: of another file" refused 1 "nothing written" \
        ./mazboot wb patch --revert "$scratch/patched.wbpatch" -o "$scratch/no" "$1"
}

check_refusals() { # FILE NAME
    local stub
    for stub in Nothing Seed Clobber Stack Text Calls; do
        ok "wb patch refuses main.stub$stub $2" refused 1 "can't replace the barriers" \
            ./mazboot wb patch --no-gc --stub "main.stub$stub" -o "$scratch/no" "$1"
    done
    ok "wb patch refuses without --no-gc $2" refused 1 "say --no-gc" ./mazboot wb patch --stub builtin -o "$scratch/no" "$1"
    ok "wb patch refuses what isn't RAM $2" refused 1 "is not RAM" \
        ./mazboot wb patch --no-gc --stub builtin --ram 40000000-48000000 -o "$scratch/no" "$1"
    ok "wb patch wrote nothing $2" [ ! -e "$scratch/no" ]
}

# A store into the buffer that is taken out is noticed: arm64's "str xN, [x25]" becomes nop.
check_damage() {
    local file=$1 store
    store=$(./mazboot wb explain "$file" main.fields | sed -nE 's/^ +([0-9a-f]+)  .*; buffer words? 0.*/\1/p' | head -n 1)
    cp "$file" "$scratch/damaged"
    printf '\x1f\x20\x03\xd5' |
        dd of="$scratch/damaged" bs=1 seek=$((0x$store - 0x10000)) conv=notrunc status=none
    ok "wb verify notices a missing word" refused 1 "not every word that was taken is filled" ./mazboot wb verify "$scratch/damaged"
}

for go in $gos; do
    for arch in arm64 amd64 riscv64; do
        plain=$(program selftest $go $arch plain) && stripped=$(program selftest $go $arch stripped) || exit 1
        check_list "$plain" "$stripped" "$go $arch"
        ok "wb verify --run $go $arch stripped" quiet ./mazboot wb verify --run "$stripped"
        [ $arch != arm64 ] || ok "on the kernel, the collector pressed $go" grep -q '^Y  machine: exit status 0' "$scratch/quiet"
        # for riscv64 neither Go links a PIE by itself
        [ $arch = riscv64 ] || ok "wb verify --run $go $arch pie" quiet ./mazboot wb verify --run "$(program selftest $go $arch pie)"
        check_patch "$plain" builtin "$go $arch"
        # the older barriers of amd64 take their argument in eight registers: no one function can replace them
        grep -q '"abi": "stores"' "$scratch/json" && [ $arch = amd64 ] || check_patch "$plain" main.stubGood "$go $arch"
        check_refusals "$plain" "$go $arch"
    done
done
./mazboot wb list --json "$(program selftest new arm64 plain)" | grep -q '"abi": "stores"' ||
    check_damage "$(program selftest new arm64 plain)"
ok "wb patch refuses a program that collects" refused 1 "runs the collector itself, in main.main" \
    ./mazboot wb patch --no-gc --stub builtin "$(program collects new arm64 stripped)"
ln -s /dev/full "$scratch/full"
ok "wb patch onto a full device" refused 1 "cannot write $scratch/full: No space left on device" \
    ./mazboot wb patch --no-gc --stub builtin -o "$scratch/full" "$(program selftest new arm64 plain)"
ok "the device is still there" [ -c "$scratch/full" ]
[ $failures -eq 0 ]
