# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # read_case assigns for its callers
# What build.sh, run.sh and job.sh share. Sourced from the root of the tree.
programs=build/programs

# list_gos: "NAME PATH" of every Go to build with: Debian's 1.19 and the newest on the machine (NAME is go1.N).
list_gos() {
    local go
    for go in /usr/lib/go-1.19/bin/go "$(command -v go)" /usr/local/go/bin/go; do
        [ -x "$go" ] && echo "$(GOTOOLCHAIN=local "$go" env GOVERSION | cut -d. -f1,2) $go"
    done | sort -V | awk '!seen[$1]++' | sed -n '1p; $p' | uniq
}

# testdata GO PROGRAM: the folder of runtime/testdata/PROGRAM in this Go's source.
testdata() {
    echo "$("$1" env GOROOT)/src/runtime/testdata/$2"
}

# testdata_build NAME GO PROGRAM: makes it one of the plain binaries of the Go called NAME.
testdata_build() {
    local to=$PWD/$programs/$1/plain/$3
    (cd "$(testdata "$2" "$3")" && GOTOOLCHAIN=local GOOS=linux GOARCH=arm64 CGO_ENABLED=0 "$2" build -trimpath -o "$to" .)
}

# testdata_functions GO PROGRAM: what it can do, a line each.
testdata_functions() {
    grep -ho 'register("[^"]*"' "$(testdata "$1" "$2")"/*.go | cut -d'"' -f2
}

# table_of_cases: the table, and the cases that testprog.sh found.
table_of_cases() {
    cat tests/programs/cases
    if [ -e $programs/cases.testprog ]; then cat $programs/cases.testprog; fi
}

# read_case NAME: sets program, tier, environment, input and arguments from the table.
read_case() {
    local name words variables
    while read -r name program tier variables input words; do
        [ "$name" = "$1" ] || continue
        eval "arguments=($words)"
        environment=()
        [ "$variables" = - ] || IFS=, read -ra environment <<<"$variables"
        return 0
    done < <(table_of_cases)
    echo "there is no case $1" >&2
    return 1
}

# give_input INPUT: writes what the table's STDIN column asks for.
give_input() {
    case $1 in
    -) ;;
    text:*) echo "${1#text:}" ;;
    bytes:*) perl -e 'print map { chr(($_ * $_ >> 5 ^ $_) & 255) } 1 .. shift' "${1#bytes:}" ;;
    *) echo "STDIN can't be $1" >&2 ;;
    esac
}

# captured DIR CPUS COMMAND...: runs the case's program by COMMAND, which gets the program's arguments; leaves DIR/{out,err,status}.
captured() {
    local dir=$1 cpus=$2
    shift 2
    mkdir -p "$dir"
    # What the shell says of a program that died of a signal is not the program's.
    {
        give_input "$input" | "$@" "${arguments[@]//@CPUS@/$cpus}" >"$dir/out" 2>"$dir/err.raw"
        echo "${PIPESTATUS[1]}" >"$dir/status"
    } 2>/dev/null
    # How far the other goroutines had come when one crashed is chance, so that a trace counts to the end of the first.
    sed -E -f tests/programs/normalise.sed "$dir/err.raw" | awk '/^goroutine N/ && ++n > 1 { exit } { print }' >"$dir/err"
}
