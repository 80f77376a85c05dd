#!/usr/bin/env bash
# What the script tests of the reader share: Go programs built once, and the report's lines.
#   program NAME GO ARCH VARIANT   prints the path of programs/NAME, built when it is missing or older than its source
# GO is "old" (GO_OLD, Debian's 1.19), "new" (GO_NEW, the go of this machine) or a release such as 1.21.6, which GO_NEW fetches; VARIANT is plain,
# stripped or pie. $gos are the first two, or "new" alone where they are the same.
set -u
GO_OLD=${GO_OLD:-/usr/lib/go-1.19/bin/go}
GO_NEW=${GO_NEW:-$(command -v go || echo /usr/local/go/bin/go)}
here=tests/gobin
built=build/gobin
failures=0

go_command() {
    case $1 in
    old) echo "$GO_OLD" ;;
    new) echo "$GO_NEW" ;;
    *) echo "$GO_NEW" ;;
    esac
}

# go_release GO: such as go1.19.8
go_release() {
    GOTOOLCHAIN=local "$(go_command "$1")" env GOVERSION
}

# shellcheck disable=SC2034  # for the scripts that source this
if [ "$(go_release old)" = "$(go_release new)" ]; then gos=new; else gos="old new"; fi

# The newest file of a program's folder.
latest() {
    find "$1" -type f -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2
}

program() {
    local name=$1 go flags=() toolchain=local out=$PWD/$built/${1//\//-}.$2.$3.$4
    go=$(go_command "$2")
    case $2 in
    1.*) toolchain=go$2 ;;
    esac
    case $4 in
    stripped) flags=(-ldflags '-s -w') ;;
    pie) flags=(-buildmode=pie) ;;
    esac
    if [ ! "$out" -nt "$(latest "$here/programs/$name")" ]; then
        mkdir -p "$built"
        (cd "$here/programs" && GOTOOLCHAIN=$toolchain GOFLAGS=-mod=mod CGO_ENABLED=0 GOOS=linux GOARCH=$3 \
            "$go" build -trimpath -p 2 "${flags[@]}" -o "$out" "./$name") >&2 || return 1
    fi
    echo "$out"
}

# Address and callee of every call of a barrier in a whole disassembly of FILE, which needs its symbols.
objdump_sites() {
    llvm-objdump -d --no-show-raw-insn "$1" |
        awk '/^[0-9a-f]+ <.*>:$/ {sub(/^[0-9a-f]+ </, ""); sub(/>:$/, ""); inside = $0}
             /<runtime\.gcWriteBarrier[^>+]*>$/ && $2 ~ /^(bl|call|callq|jal)$/ && inside !~ /^runtime\.gcWriteBarrier/ {
                 sub(":", "", $1); sub(/.*</, "", $NF); sub(/>.*/, "", $NF); sub(/\.abi0$/, "", $NF); print $1, $NF}' |
        sort
}

# ok WHAT COMMAND...: runs it, reports by its exit status
ok() {
    local what=$1
    shift
    if "$@"; then echo "ok $what"; else
        echo "not ok $what"
        failures=$((failures + 1))
    fi
}

# quiet COMMAND...: its output is shown only when it fails
quiet() {
    "$@" >"$scratch/quiet" 2>&1 && return
    cat "$scratch/quiet"
    return 1
}

# same WHAT A B: the files are equal
same() {
    if diff "$2" "$3" >"$scratch/diff"; then echo "ok $1"; else
        head -n 12 "$scratch/diff"
        echo "not ok $1"
        failures=$((failures + 1))
    fi
}

# What start-up code and runtime.allgadd tell of a stripped program's variables is where the plain one's symbols are.
check_globals() {
    build/gobin/dump globals "$2" | sort >"$scratch/all"
    llvm-nm "$1" | awk '$3 ~ /^runtime\.(g0|m0|allgs|waitReasonStrings)$/ {sub(/^0+/, "", $1); print $1, $3}' |
        sort >"$scratch/want"
    grep -xF -f "$scratch/want" "$scratch/all" >"$scratch/got"
    same "variables $3" "$scratch/want" "$scratch/got"
    # those that code tells are where symbols are, if there are any
    llvm-nm "$1" | awk 'NR == FNR { named[$2] = 1; next } $3 in named { sub(/^0+/, "", $1); print $1, $3 }' "$scratch/all" - | sort >"$scratch/symbols"
    awk 'NR == FNR { named[$2] = 1; next } $2 in named && $2 != "runtime.allgs"' "$scratch/symbols" "$scratch/all" >"$scratch/got"
    grep -v ' runtime.allgs$' "$scratch/symbols" >"$scratch/want"
    same "variables that only code tells $3: $(wc -l <"$scratch/got")" "$scratch/want" "$scratch/got"
}

# The traceback in the form that the stacks program prints; the crashing goroutine is running and left out.
traceback() {
    awk '
        /^goroutine [0-9]+ / {
            id = $2; state = $0; sub(/^[^[]*\[/, "", state); sub(/(, [0-9]+ minutes)?\]:$/, "", state)
            shown = running ? state ~ /^running/ : state !~ /^running/; inside = 1
            if (shown && !running) print "goroutine " id " [" state "]"
            next }
        /^$/ { inside = 0 }
        !inside || !shown { next }
        /^\t/ {
            where = $1; sp = ""; pc = ""
            for (i = 2; i <= NF; i++) { if ($i ~ /^sp=/) sp = $i; if ($i ~ /^pc=/) pc = $i }
            print name " " where (sp == "" || made ? "" : " " sp " " pc)
            next }
        { made = /^created by /; name = $0; sub(/ in goroutine [0-9]+$/, "", name)
          if (!made) sub(/\([^()]*(\{[^()]*)?\)$/, "", name)
          if (name == "panic") name = "runtime.gopanic" }' running="${2:-0}" "$1"
}

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
