#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# Go's own crash, scheduler and signal programs (runtime/testdata/testprog of each Go's source), one by one, as cases of the tier
# "testprog". Those count whose output and status are the same in two runs on Linux, each within 20 seconds.
#   testprog.sh [-n TIMES] [-j JOBS]
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=tests/programs/lib.sh
. tests/programs/lib.sh

# Of other systems, of compiler flags, about the number of CPUs, or with an outcome of chance.
left_out='^(Windows|FreeBSD|Check(Ptr|AVX)|concurrentMap|ThreadExhaustion|PanicRace|DetectFinalizer|GCMemoryLimit|LockOSThread(Main|Avoids)|(Print|Update|DontUpdate)GOMAXPROCS)'

# build NAME PATH: the program, and the list of what it can do.
build() {
    local dir=$programs/$1/plain
    [ -e "$dir/testprog" ] && return
    testdata_build "$1" "$2" testprog
    testdata_functions "$2" testprog | grep -vE "$left_out" | sort -u >"$dir/testprog.functions"
}

# cases NAME: lines of the table, for every function that behaves the same twice.
cases() {
    local function
    while read -r function; do
        echo "testprog-$function testprog testprog-$1 - - $function"
    done <"$programs/$1/plain/testprog.functions"
}

# steady NAME CASE: prints the case if Linux does the same thing twice.
steady() {
    local dir=$programs/expected/$1/$2
    EXPECT_SECONDS=20 tests/programs/job.sh expect "$2" "$1"
    [ "$(cat "$dir/status")" = 124 ] && return
    mv "$dir" "$dir.first"
    EXPECT_SECONDS=20 tests/programs/job.sh expect "$2" "$1"
    if diff -rq -x err.raw "$dir.first" "$dir" >/dev/null; then echo "$2"; fi
    rm -rf "$dir.first"
}

if [ "${1:-}" = steady ]; then
    steady "$2" "$3"
    exit
fi

tests/programs/build.sh
gos=$(list_gos)
[ -e $programs/cases.testprog ] || while read -r name path; do
    build "$name" "$path"
    cases "$name" >>$programs/cases.testprog.new
done <<<"$gos"
if [ ! -e $programs/cases.testprog ]; then
    mv $programs/cases.testprog.new $programs/cases.testprog
    while read -r name _; do
        cases "$name" | cut -d' ' -f1 | xargs -P 2 -I{} tests/programs/testprog.sh steady "$name" {} | sed "s/\$/ testprog testprog-$name/"
    done <<<"$gos" >$programs/steady
    awk 'FNR == NR { steady[$1 " " $2 " " $3]; next } ($1 " " $2 " " $3) in steady' $programs/steady $programs/cases.testprog >$programs/cases.kept
    mv $programs/cases.kept $programs/cases.testprog
fi
[ "${1:-}" = prepare ] || exec tests/programs/run.sh "$@" -t testprog
