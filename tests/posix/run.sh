#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# The Open POSIX Test Suite here and on Linux: those that end differently, and a table of how they end.
#   run.sh [-smp N] [-j JOBS] [NAME...]
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/posix/lib.sh
. tests/posix/lib.sh
cpus=1 jobs=2
while [ $# -gt 1 ] && [ "${1#-}" != "$1" ]; do
    case $1 in
    -smp) cpus=$2 ;;
    -j) jobs=$2 ;;
    *) echo "unknown option $1; it is -smp or -j" >&2; exit 2 ;;
    esac
    shift 2
done
tests/posix/build.sh && tests/posix/linux.sh || exit 1
if [ $# -eq 0 ]; then mapfile -t names < <(cut -d' ' -f1 $posix_dir/linux); else names=("$@"); fi

one() { # CPUS NAME
    local status
    ./mazboot run -smp "$1" --cwd /tmp --timeout 60s "$posix_dir/bin/$2" >"$posix_dir/log/$2" 2>&1 </dev/null
    status=$?
    echo "$2 $status"
}
export -f one
mkdir -p $posix_dir/log
printf '%s\n' "${names[@]}" | nice -n 10 xargs -P "$jobs" -I{} bash -c "one $cpus {}" | sort >"$posix_dir/here$cpus.new"
if [ $# -eq 0 ]; then mv "$posix_dir/here$cpus.new" "$posix_dir/here$cpus"; here=$posix_dir/here$cpus; else here=$posix_dir/here$cpus.new; fi
sort $posix_dir/linux | join - "$here" | awk '
    function word(s) { return s == 0 ? "passed" : s == 1 ? "failed" : s == 2 ? "unresolved" : s == 4 ? "unsupported" : s == 5 ? "untested" : s == 124 ? "no end" : "ended with " s }
    { n++; same += $2 == $3; linux[word($2)]++; mine[word($3)]++; all[word($2)]; all[word($3)] }
    $2 == 0 && $3 != 0 { worse++; print $1 ": passed on Linux, " word($3) " here" }
    END {
        for (w in all) printf "  %-16s %5d on Linux %5d here\n", w, linux[w], mine[w]
        printf "%d tests, %d end as on Linux, %d pass on Linux only\n", n, same, worse
        exit worse > 0
    }'
