#!/usr/bin/env bash
# Runs test executables one after another and adds up what they report.
#   tests/run.sh EXECUTABLE...
# A test reports by cmocka's lines or by "ok NAME", "not ok NAME", "skip NAME: why" lines; an exit status other than 0
# with no failure reported counts as one. Output of a test is shown only when something in it failed.
set -u
passed=0 failed=0 skipped=0 n=0 total=$#
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
for t in "$@"; do
    n=$((n + 1))
    name=$(basename "$t")
    [ -t 1 ] && printf '\r\033[K[%d/%d] %s ' "$n" "$total" "$name"
    "$t" >"$out" 2>&1
    status=$?
    p=$(grep -cE '^(\[       OK \] |ok )' "$out")
    f=$(grep -cE '^(\[  FAILED  \] [A-Za-z_0-9]+$|not ok )' "$out")
    s=$(grep -cE '^(\[  SKIPPED \] [A-Za-z_0-9]+$|skip )' "$out")
    [ $status -ne 0 ] && [ "$f" -eq 0 ] && f=1
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    [ -t 1 ] && printf '\r\033[K'
    if [ "$f" -ne 0 ]; then
        echo "--- $name: $f failed (exit status $status)"
        grep -vE '^(ok |\[ RUN      \]|\[       OK \])' "$out" | tail -n 60
    else
        printf '[%d/%d] %-28s %d passed%s\n' "$n" "$total" "$name" "$p" "$([ "$s" -gt 0 ] && echo ", $s skipped")"
        grep '^skip ' "$out"
    fi
done
echo "$passed passed, $failed failed$([ "$skipped" -gt 0 ] && echo ", $skipped skipped")"
[ "$failed" -eq 0 ]
