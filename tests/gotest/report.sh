#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# Writes what the runs so far found as Markdown: docs/GOTESTS.md. With the argument "part": what is about GOTEST_GO.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ $# -eq 0 ]; then
    cat <<'END'
<!-- Written by make gotest-report. -->
# Go's own tests

The tests of Go's standard library, short ones (`-test.short`), each package on a machine of its own: `make gotest` and, with
four CPUs, `make gotest-smp4` for Debian's Go; `make gotest-new` for the newest on the machine. Linux is Debian's 6.1 for arm64 in the same QEMU with one processor, without
other programs. A test counts as *needing a process* or *a network* when it failed because the machine has none, or was not reached because its package ended for that
reason.
END
    for go in /usr/lib/go-1.19 "$(go env GOROOT)"; do
        [ -x "$go/bin/go" ] && GOTEST_GO=$go "$0" part
    done
    exit
fi
# shellcheck source=tests/gotest/lib.sh
. tests/gotest/lib.sh
[ -e "$gotest_baseline" ] || exit 0

# verdicts FOLDER: "PACKAGE TEST STATUS" and "PACKAGE TEST needs WHAT" lines, tab-separated, of all packages with a result
verdicts() {
    local package
    cut -f 1 "$gotest_baseline" | uniq | while read -r package; do
        [ -e "$1/${package//\//.}" ] && echo "$package" && awk -v OFS='\t' -v package="$package" '{ print package, $1, $2, $3 }' "$1/${package//\//.}"
    done
}

for folder in "$gotest_dir"/smp*; do
    [ -d "$folder" ] || continue
    verdicts "$folder" | awk -F '\t' -v go="$gotest_version" -v cpus="${folder##*smp}" -f tests/gotest/report.awk - tests/gotest/known.tsv "$gotest_baseline"
done
