#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# What Linux says about each test, from the results of run.sh -linux: tests/gotest/linux-VERSION.tsv. Packages that weren't run keep
# their lines.
set -u
cd "$(dirname "$0")/../.." || exit 1
GOTEST_ON=linux
# shellcheck source=tests/gotest/lib.sh
. tests/gotest/lib.sh
list_packages | while read -r package; do
    result=$(test_result "$package")
    if [ ! -e "$result" ]; then
        expected "$package" 2>/dev/null | awk -v OFS='\t' -v package="$package" '{ print package, $1, $2; n++ } END { exit !n }' ||
            echo "$package has not been run on Linux" >&2
        continue
    fi
    sed -E 's/ (CRASH|HANG)$/ FAIL/' "$result" | sort -k 1,1 -u | awk -v OFS='\t' -v package="$package" '{ print package, $1, $2 }'
done >"$gotest_baseline.new" && mv "$gotest_baseline.new" "$gotest_baseline"
