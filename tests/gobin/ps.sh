#!/usr/bin/env bash
# mazboot ps: goroutines of a machine seen from outside, while one of them never gives up its processor, against what the Go
# runtime prints of itself right after; and the list of machines.
cd "$(dirname "$0")/../.." || exit 1
. tests/gobin/lib.sh
export XDG_RUNTIME_DIR=$scratch

# start NAME FILE ARGUMENTS...: boots it in the background; goes on when it has said "ready"
start() {
    local name=$1
    shift
    ./mazboot run --name "$name" -e GOTRACEBACK=system "$@" >"$scratch/$name.out" 2>&1 &
    launcher=$!
    for _ in {1..600}; do
        grep -q ready "$scratch/$name.out" 2>/dev/null && return
        sleep 0.1
    done
    cat "$scratch/$name.out"
    return 1
}

# What ps prints, in the form of traceback.
seen() {
    awk '/^goroutine / { sub(/(, thread [0-9]+)?\]:$/, "]"); print; next }
         /^\t/ { print name " " $1; next }
         NF { name = $0; sub(/\(\.\.\.\)$/, "", name) }'
}

# spins NAME: the goroutine that spins is seen running; now and then it is between two turns
spins() {
    for _ in {1..10}; do
        ./mazboot ps "$1" >"$scratch/ps"
        grep -A 2 '\[running' "$scratch/ps" | grep -q '^main.spin' && return
    done
    return 1
}

# without_running: leaves out goroutines that are somewhere else a moment later
without_running() {
    awk '/^goroutine / { shown = !/\[(running|runnable)/ } shown'
}

# The JSON in the form of traceback.
seen_json() {
    python3 -c 'import json, sys
for g in json.load(sys.stdin):
    print("goroutine %d [%s]" % (g["id"], g["waits_for"] or g["state"]))
    for p in g["stack"]: print(p["func"], "%s:%d" % (p["file"], p["line"]))
    c = g["created_by"]
    if c: print("created by", c["func"], "%s:%d" % (c["file"], c["line"]))'
}

for variant in stripped pie; do
    for go in $gos; do
        what="$go $variant"
        file=$(program goroutines $go arm64 $variant) || exit 1
        ok "start $what" start "$go-$variant" "$file" wait
        ok "the one that spins $what" spins "$go-$variant"
        ./mazboot ps --json "$go-$variant" | seen_json | without_running >"$scratch/json"
        kill -QUIT $launcher
        wait $launcher
        traceback "$scratch/$go-$variant.out" | sed 's/ sp=.*//' | without_running >"$scratch/want"
        tr -d '\r' <"$scratch/ps" | seen | without_running >"$scratch/text"
        same "as JSON $what" "$scratch/text" "$scratch/json"
        grep -v '^created by runtime.newproc' "$scratch/text" >"$scratch/got"
        same "$(grep -c ^goroutine "$scratch/want") goroutines $what" "$scratch/want" "$scratch/got"
    done
done

# one of two processors never leaves the kernel
ok "start a wedged machine" start wedged --accel tcg -smp 2 --qemu-arg -append --qemu-arg crash=hang "$file" wait
ok "a wedged machine" spins wedged
kill -KILL $launcher
wait $launcher 2>/dev/null

says() { # STATUS PATTERN ARGUMENTS...
    local status=$1 pattern=$2
    shift 2
    ./mazboot "$@" >"$scratch/out" 2>&1
    [ $? -eq "$status" ] && grep -q "$pattern" "$scratch/out" && return
    cat "$scratch/out"
    return 1
}

ok "start two" start one "$file" wait
one=$launcher
ok "start two" start two "$file" wait
ok "list" says 0 '^one .*goroutines' ps
ok "list as JSON" eval './mazboot ps --json | python3 -c "import json, sys
sys.exit(sorted(m[\"name\"] for m in json.load(sys.stdin)) != [\"one\", \"two\"])"'
ok "a name once" says 125 'already' run --name one "$file"
ok "a name that is none" says 125 'letters' run --name a/b "$file"
ok "no such machine" says 1 'no machine called three' ps three
kill -KILL $one
wait $one 2>/dev/null
ok "one that was killed is gone" eval 'sleep 0.2; ! ./mazboot ps | grep -q "^one "'
kill -INT $launcher
sleep 0.1
kill -INT $launcher 2>/dev/null
wait $launcher
ok "none" says 0 'no machine' ps
ok "nothing is left" eval '! ls "$scratch/mazboot" | grep .'
chmod 755 "$scratch/mazboot"
ok "a folder that others may enter" says 1 'yours alone' ps
[ $failures -eq 0 ]
