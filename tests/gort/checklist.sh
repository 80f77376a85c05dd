#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every test that CHECKLIST.md names exists, and every item of the specification is in it.
set -u
dir=$(dirname "$0") bad=0

exists() { # file name
    case $1 in
    reports.c) grep -q "{\"$2\", " "$dir/$1" && grep -q "^ *check \"*$2[ \"]" "$dir/reports.sh" ;;
    *.c) grep -q "cmocka_unit_test($2)" "$dir/$1" ;;
    behaviour.expected) grep -q "^# $2" "$dir/$1" ;;
    *) grep -qi "ok .*$2\|for t in .*$2\|verdict .*$2" "$dir/$1" ;;
    esac
}

for test in $(grep -o '[a-z_]*\.\(c\|sh\|expected\):[a-z_0-9]*' "$dir/CHECKLIST.md" | sort -u); do
    exists "${test%:*}" "${test#*:}" || { echo "CHECKLIST.md: there is no test $test"; bad=1; }
done
for item in C1 C2 C3 L1 L2 L3 L4 L5 L6 B1 B2 B3 B4 B5 B6 B7 B8 B9 B10 B11 B12 B13 I1 I2 I3 I4 I5 I6 I7 I8 I9 I10 I11 I12 I13; do
    grep -q "^| $item |" "$dir/CHECKLIST.md" || { echo "CHECKLIST.md: $item is missing"; bad=1; }
done
if [ $bad = 0 ]; then echo "ok gort's checklist names tests that exist"; else echo "not ok gort's checklist names tests that exist"; fi
