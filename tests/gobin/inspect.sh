#!/usr/bin/env bash
# mazboot inspect: package sizes against sums made of `go tool nm`, sections against readelf, system calls against those that
# the program makes under emulation; and what it says of files that are no Go programs.
cd "$(dirname "$0")/../.." || exit 1
. tests/gobin/lib.sh

# The sizes of packages, as distances between text symbols; only names with a plain package part are compared.
nm_packages() {
    "$(go_command "$2")" tool nm -sort address "$1" | awk '$2 ~ /^[tT]$/ && $3 != "runtime.text" {
            start = strtonum_hex($1)
            if (name != "" && start > last) size[name] += start - last
            last = start; name = $3; sub(/[[(].*/, "", name)
            if (!match(name, /^([a-z0-9]+\/)*[a-z0-9]+\./)) name = "other"; else name = substr(name, 1, RLENGTH - 1) }
        function strtonum_hex(text,   i, value) {
            for (i = 1; i <= length(text); i++) value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
            return value }
        END { for (name in size) if (name != "other") print name, size[name] }' | sort
}

json_pairs() { # FIRST SECOND: the values of two neighbouring members of the JSON
    sed -nE "s/^ *\"($1|$2)\": \"?([^\",]*)\"?,?$/\1 \2/p" "$scratch/json" |
        awk -v first="$1" '$1 == first { kept = $2; next } { print kept, $2 }'
}

for go in $gos; do
    for arch in arm64:aarch64 amd64:x86_64 riscv64:riscv64; do
        plain=$(program hello $go ${arch%:*} plain) && stripped=$(program hello $go ${arch%:*} stripped) || exit 1
        what="$go ${arch%:*}"
        ./mazboot inspect --json "$plain" >"$scratch/json"
        nm_packages "$plain" $go | grep -E '^(main|runtime|internal/cpu|internal/abi|runtime/debug) ' >"$scratch/want"
        json_pairs name text_bytes | grep -E '^(main|runtime|internal/cpu|internal/abi|runtime/debug) ' | sort >"$scratch/got"
        same "packages by size $what" "$scratch/want" "$scratch/got"
        llvm-readelf -SW "$plain" | sed -nE 's/^ *\[ *[0-9]+\] (\.[^ ]+) +[A-Z_0-9]+ +[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) .*/\1 \2/p' |
            while read -r name size; do echo "$name $((0x$size))"; done | sort >"$scratch/want"
        awk '/"sections"/ { on = 1 } /"packages"/ { on = 0 } on' "$scratch/json" >"$scratch/part" && mv "$scratch/part" "$scratch/json"
        json_pairs name memory_bytes | sort >"$scratch/got"
        same "sections $what" "$scratch/want" "$scratch/got"
        ./mazboot inspect --json "$stripped" >"$scratch/json"
        sed -nE 's/^ *"name": "([a-z0-9_]+)",$/\1/p' "$scratch/json" | sort -u >"$scratch/needs"
        # a signal handler returns through the kernel's own code; arch_prctl has no number that the table knows
        qemu-${arch#*:} -strace "$stripped" 2>&1 | sed -nE 's/^[0-9]+ ([a-z0-9_]+)\(.*/\1/p' |
            grep -vE '^(rt_sigreturn|arch_prctl)$' | sort -u >"$scratch/made"
        comm -23 "$scratch/made" "$scratch/needs" >"$scratch/surprise"
        ok "foresees $(wc -l <"$scratch/made") system calls $what" eval '[ -s "$scratch/made" ] && ! grep . "$scratch/surprise"'
    done
done

says() { # STATUS PATTERN ARGUMENTS...: exit status and message of mazboot
    local status=$1 pattern=$2
    shift 2
    ./mazboot "$@" >"$scratch/out" 2>&1
    [ $? -eq "$status" ] && grep -q "$pattern" "$scratch/out" && return
    cat "$scratch/out"
    return 1
}

file=$(program hello new arm64 stripped) || exit 1
head -c 300000 "$file" >"$scratch/cut"
ok "text" says 0 '^Runs on Mazboot: yes' inspect "$file"
ok "another machine" says 0 'GOARCH=arm64' inspect "$(program hello new amd64 stripped)"
ok "picture" says 0 'What it needs' inspect --svg "$scratch/map.svg" "$file"
./mazboot inspect --json "$file" | awk '/"packages"/ { on = 1 } on' >"$scratch/json"
{
    json_pairs name text_bytes
    llvm-readelf -SW "$file" | sed -nE 's/^ *\[ *[0-9]+\] (\.[^ ]+) +([A-Z_0-9]+) +[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) .*/\1 \2 \3/p' |
        while read -r name type size; do
            # the code is what the packages divide
            [ $name = .text ] || [ $type = NOBITS ] || [ $((0x$size)) -eq 0 ] || echo "$name $((0x$size))"
        done
} | sort >"$scratch/want"
sed -nE 's|.*<rect .*<title>(.*): ([0-9]+) bytes</title>.*|\1 \2|p' "$scratch/map.svg" | sort >"$scratch/got"
same "picture: a block per package and section" "$scratch/want" "$scratch/got"
ok "a script" says 1 'not an ELF file' inspect tests/run.sh
ok "a C program" says 1 'not a Go program' inspect /bin/true
ok "cut off" says 1 'cut off or damaged' inspect "$scratch/cut"
ok "no file" says 1 'nowhere' inspect /nowhere
ok "no operand" says 2 'give one program' inspect
ok "unknown option" says 2 'no-such' inspect --no-such "$file"
ok "wb without a verb" says 2 'list|explain' wb
ok "wb explain of nothing" says 1 'no function' wb explain "$file" main.nothing
[ $failures -eq 0 ]
