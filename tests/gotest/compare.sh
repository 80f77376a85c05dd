#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# Compares results with Linux': a line a package, "PACKAGE: N of M passed", and the tests that pass on Linux only.
#   compare.sh PACKAGE...
# Exit status 1 if there are any.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/gotest/lib.sh
. tests/gotest/lib.sh
status=0
for package; do
    expected "$package" | awk -v package="$package" '
        FILENAME != "-" && $2 == "needs" { needs[$1] = " (needs " $3 ")"; next }
        FILENAME != "-" { here[$1] = $2; next }
        $2 == "PASS" { total++; passed += here[$1] == "PASS" }
        $2 == "PASS" && here[$1] != "PASS" { worse = worse " " $1 "=" ($1 in here ? here[$1] : "none") needs[$1] }
        END { printf "%s: %d of %d passed%s\n", package, passed, total, worse == "" ? "" : "; only on Linux:" worse; exit worse != "" }
    ' "$(test_result "$package")" - || status=1
done
exit $status
