#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# Runs the tests of one package on the machine and writes "TEST STATUS" lines to its file among the results.
#   job.sh PACKAGE
# A test that ends the program or hangs is noted as CRASH or HANG, and the tests behind it run without it.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/gotest/lib.sh
. tests/gotest/lib.sh
package=$1
binary=$(test_binary "$package")
result=$(test_result "$package")
log=$result.log
rounds_max=12
limit_seconds=${GOTEST_LIMIT:-290}
[ -e "$result" ] && exit
mkdir -p "$gotest_results"

if [ ! -e "$binary" ]; then
    mkdir -p "$(dirname "$binary")"
    if ! go_arm64 test -c -vet=off -o "$binary.$$" "$package" >"$log" 2>&1; then
        echo "$package: its tests don't compile: $(tail -n 1 "$log")"
        exit
    fi
    mv "$binary.$$" "$binary"
fi

# What they need beyond the usual: certificates that have expired since; no fuzz corpus that is minutes of computation.
filter=. clock=
case $package in
crypto/tls) [ "$gotest_version" != "${gotest_version#go1.19}" ] && clock=2023-06-01 ;;
image/gif | image/jpeg) filter='^(Test|Example)' ;;
esac

# boot FILTER: one machine with the tests that match; what they say goes to $log.round
boot() {
    local arguments=(-test.v -test.short -test.timeout="${limit_seconds}s" -test.run="$1")
    if [ "$gotest_on" = linux ]; then
        gotest_clock=$clock tests/gotest/boot_linux.sh "$binary" "$gotest_go/src/$package" $((limit_seconds + 40)) \
            GO_GCFLAGS=none HOME=/root USER=root PATH=/usr/local/bin:/usr/bin:/bin -- "${arguments[@]}"
    else
        "$mazboot" run -m 1536M -smp "$gotest_cpus" --timeout $((limit_seconds + 20))s ${clock:+--qemu-arg -rtc --qemu-arg "base=$clock"} \
            --root "$gotest_root" --cwd "$gotest_go/src/$package" -e GO_GCFLAGS=none -e HOME=/root -e USER=root "$PWD/$binary" "${arguments[@]}" </dev/null
    fi >"$log.round" 2>&1
}

# The verdicts in a log; what a test printed may stand before one in its line.
verdicts() {
    sed -nE 's/.*--- (PASS|FAIL|SKIP): ([^ /]+) \(.*/\2 \1/p' "$log.round"
}

# The test that ran when the program ended: begun, neither paused nor with a verdict.
culprit() {
    awk 'NR == FNR { done[$1] = 1; next }
        $1 == "PAUSE" { paused[$2] = 1; next }
        { delete paused[$2]; order[++n] = $2 }
        END { for (; n > 0; n--) if (!(order[n] in done) && !(order[n] in paused)) { print order[n]; exit } }' \
        <(verdicts) <(sed -nE 's/^=== (RUN|CONT|PAUSE) +([^ /]+)$/\1 \2/p' "$log.round")
}

all_tests() {
    if [ "$gotest_on" = linux ]; then list_tests "$package"; else expected "$package"; fi
}

: >"$log"
: >"$result.new"
for ((round = 1; round <= rounds_max; round++)); do
    boot "$filter"
    status=$?
    cat "$log.round" >>"$log"
    said=$(verdicts)
    guilty=$(culprit)
    [ -n "$said" ] && echo "$said" >>"$result.new"
    if [ -n "$guilty" ]; then
        end=CRASH
        [ "$status" = 124 ] || grep -q '^panic: test timed out' "$log.round" && end=HANG
        echo "$guilty $end" >>"$result.new"
    fi
    [ -n "$said$guilty" ] || break # the rest can't be reached
    rest=$(awk 'NR == FNR { done[$1] = 1; next } !($1 in done) { print $1 }' "$result.new" <(all_tests) | paste -sd '|')
    [ -n "$rest" ] || break
    filter="^($rest)\$"
done
if [ "$status" = 125 ] && [ ! -s "$result.new" ]; then # a launcher's error is no result
    echo "$package: no test ran; only on Linux: all of them: $(tail -n 1 "$log")"
    rm -f "$result.new" "$log.round"
    exit
fi
[ "$gotest_on" = linux ] || tests/gotest/reason.awk "$log" >>"$result.new"
rm -f "$log.round"
mv "$result.new" "$result"
if [ "$gotest_on" = linux ]; then echo "$package: $(grep -c PASS "$result") passed on Linux"; else tests/gotest/compare.sh "$package"; fi
