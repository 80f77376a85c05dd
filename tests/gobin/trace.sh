#!/usr/bin/env bash
# mazboot trace: every step that gdb can stop at is seen, in an order that never changed; package inits against what the Go
# runtime says of itself (GODEBUG=inittrace=1); the checks, on programs of both Go versions, stripped or not; what the probes
# cost; the forms it is written in.
cd "$(dirname "$0")/../.." || exit 1
. tests/gobin/lib.sh
dump=build/gobin/dump
order='0 1 3 4 5 6 6c 6e 6i 6q 6r 7 9 10 10d 11 12'

traced() { # FILE OPTIONS...: into json; the program's own output into said
    local file=$1
    shift
    ./mazboot trace --json --timeout 120s "$@" "$file" >"$scratch/json" 2>"$scratch/said"
}

# field FILTER: of the JSON, by python's own reader
field() {
    python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
'"$1" "$scratch/json"
}

in_order() {
    field 'print("\n".join(s["id"] for s in d["steps"]))' >"$scratch/ids"
    for id in $order; do grep -nx "$id" "$scratch/ids" | cut -d: -f1; done >"$scratch/at"
    [ "$(wc -l <"$scratch/at")" -eq "$(wc -w <<<"$order")" ] && sort -nC "$scratch/at"
}

all_found() { # FILE: sysmon may not get to run before so small a program ends
    $dump checkpoints "$1" | awk '$2 == "found" && $1 != "10b" {print $1}' | sort >"$scratch/want"
    grep -vx 10b "$scratch/ids" | sort | diff "$scratch/want" -
}

verdicts() { # how many PASS at least
    field 'print("\n".join(c["item"] + " " + c["title"] + ": " + c["verdict"] + " " + c["values"] for c in d["checks"]))' >"$scratch/checks"
    ! grep FAIL "$scratch/checks" && [ "$(grep -c PASS "$scratch/checks")" -ge "$1" ]
}

for go in $gos; do
    for variant in plain:20 stripped:22 pie:20; do
        file=$(program hello $go arm64 ${variant%:*}) || exit 1
        what="$go ${variant%:*}"
        ok "traced $what" traced "$file" --icount
        ok "the program's output goes to standard error $what" eval '[ -s "$scratch/said" ]'
        ok "order $what" in_order
        ok "all steps $what" all_found "$file"
        ok "checks $what" verdicts ${variant#*:}
    done
    ok "four processors $go" eval 'traced "$file" -smp 4 && verdicts 13'
    # a package without functions isn't in our list, and the runtime leaves out those that take no time
    file=$(program network $go arm64 stripped) || exit 1
    ok "a larger program $go" traced "$file" -e GODEBUG=inittrace=1 --icount -m 64M
    sed -nE 's/^init ([^ ]+) @.* ms, ([0-9.]+) ms clock, .*/\1/p' "$scratch/said" >"$scratch/want"
    field 'seen = []
for i in d["inits"]:
    p = i["function"].rsplit(".init", 1)[0]
    if p not in seen: seen.append(p)
print("\n".join(seen))' >"$scratch/got"
    grep -xF -f "$scratch/want" "$scratch/got" >"$scratch/both"
    same "packages in the runtime's own order $go: $(wc -l <"$scratch/want")" "$scratch/want" "$scratch/both"
    ok "what they cost $go" field 'import re
own = {m[1]: float(m[2]) * 1e6 for m in re.finditer(r"^init ([^ ]+) @.* ms, ([0-9.]+) ms clock", open(sys.argv[1].replace("json", "said")).read(), re.M)}
ours = {p["name"]: p["takes_ns"] for p in d["packages"]}
# inittrace prints to 2 or 3 digits, and prints between two packages
bad = [(n, own[n], ours[n]) for n in own if own[n] > 50000 and not 0.7 * own[n] < ours[n] < 1.3 * own[n] + 100000]
print(bad or "", end="")
sys.exit(bool(bad))'
done

says() { # STATUS PATTERN ARGUMENTS...
    local status=$1 pattern=$2
    shift 2
    ./mazboot "$@" >"$scratch/out" 2>&1
    [ $? -eq "$status" ] && grep -q "$pattern" "$scratch/out" && return
    cat "$scratch/out"
    return 1
}

file=$(program hello new arm64 stripped) || exit 1
ok "table" says 0 '8e *main.main *PASS' trace --svg "$scratch/t.svg" --perfetto "$scratch/t.json" "$file"
ok "picture" python3 -c 'import sys, xml.dom.minidom as m
bars = m.parse(sys.argv[1]).getElementsByTagName("rect")
sys.exit(len(bars) < 25)' "$scratch/t.svg"
ok "Perfetto" python3 -c 'import json, sys
e = json.load(open(sys.argv[1]))["traceEvents"]
sys.exit(not any(x["name"] == "main.main" and x["ph"] == "X" for x in e))' "$scratch/t.json"
ok "an init that doesn't return" says 124 '^  main.init has not returned$' trace --timeout 2s "$(program stuck new arm64 stripped)"
ok "a script" says 126 'is a script' trace tests/run.sh
ok "no operand" says 125 'needs a Go program' trace
ok "the small kernel" says 125 'full kernel' trace --kernel small "$file"
ok "a program that ends badly" eval 'says 2 "8e *main.main *PASS" trace "$(program goroutines new arm64 stripped)"'
[ $failures -eq 0 ]
