#!/usr/bin/env bash
# Every minor version of Go that the reader knows, each fetched and used to build the test programs: the table of the
# runtime's offsets against DWARF, barrier sites against a whole disassembly, functions, and the steps of coming up; on the
# kernel, plain, stripped and position independent: the checks of mazboot trace, and the goroutines that mazboot ps sees.
#   tests/gobin/versions.sh [VERSION...]
cd "$(dirname "$0")/../.." || exit 1
. tests/gobin/lib.sh
dump=build/gobin/dump
[ $# -gt 0 ] || set -- 1.18.10 old 1.20.14 1.21.6 1.22.12 1.23.6 1.24.11 1.25.7 1.26.0 new

# checked FILE MINIMUM: as many checks as that pass, none fails
checked() {
    ./mazboot trace --json --icount --timeout 120s "$1" >"$scratch/json" 2>"$scratch/said"
    python3 -c 'import json, sys
c = json.load(open(sys.argv[1]))["checks"]
bad = [x["item"] + " " + x["title"] + ": " + x["values"] for x in c if x["verdict"] == "FAIL"]
passed = sum(x["verdict"] == "PASS" for x in c)
print(*bad, passed, "passed", sep="\n")
sys.exit(bool(bad) or passed < int(sys.argv[2]))' "$scratch/json" "$2"
}

# listed FILE: mazboot ps finds the goroutine that spins and those that wait
listed() {
    local launcher tries
    ./mazboot run --name "$$" "$1" wait >"$scratch/out" 2>&1 &
    launcher=$!
    for ((tries = 0; tries < 600; tries++)); do
        grep -q ready "$scratch/out" && break
        sleep 0.1
    done
    ./mazboot ps "$$" >"$scratch/ps"
    kill -KILL $launcher
    wait $launcher 2>/dev/null
    grep -A 2 '\[running' "$scratch/ps" | grep -q '^main.spin' && grep -q '\[chan receive' "$scratch/ps" &&
        grep -q '^created by main.main' "$scratch/ps"
}

export XDG_RUNTIME_DIR=$scratch
for version in "$@"; do
    for arch in arm64 amd64 riscv64; do
        plain=$(program hello "$version" $arch plain) && stripped=$(program hello "$version" $arch stripped) || exit 1
        ok "layout $version $arch" grep -qF "$($dump layout "$plain")" gobin/layout.def
        objdump_sites "$plain" >"$scratch/want"
        $dump sites "$stripped" | grep -v '^flag' | sort >"$scratch/got"
        same "$(wc -l <"$scratch/want") barrier sites $version $arch" "$scratch/want" "$scratch/got"
        $dump functions "$plain" >"$scratch/want"
        $dump functions "$stripped" >"$scratch/got"
        same "functions $version $arch" "$scratch/want" "$scratch/got"
        check_globals "$plain" "$stripped" "$version $arch"
        # 5b isn't on riscv64 at all
        $dump checkpoints "$stripped" | grep ' absent ' | grep -v '^5b ' >"$scratch/absent"
        ok "steps of coming up $version $arch" [ ! -s "$scratch/absent" ]
    done
    for variant in plain:20 stripped:20 pie:20; do
        what="$version ${variant%:*}"
        ok "trace $what" quiet checked "$(program hello "$version" arm64 ${variant%:*})" ${variant#*:}
        ok "ps $what" quiet listed "$(program goroutines "$version" arm64 ${variant%:*})"
        ok "wb verify $what" quiet ./mazboot wb verify "$(program hello "$version" arm64 ${variant%:*})"
    done
done
[ $failures -eq 0 ]
