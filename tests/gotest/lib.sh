# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts beside it. The caller may set GOTEST_CPUS, GOTEST_GO (the Go to test: its folder), GOTEST_ON and GOTEST_RESULTS.
gotest_go=${GOTEST_GO:-/usr/lib/go-1.19}
gotest_cpus=${GOTEST_CPUS:-1}
gotest_version=$("$gotest_go/bin/go" env GOVERSION) || exit 1
gotest_dir=build/gotest/$gotest_version
# What Linux says: of this very version, or of another of the same release.
gotest_baseline=tests/gotest/linux-$gotest_version.tsv
[ -e "$gotest_baseline" ] || [ "${GOTEST_ON:-here}" = linux ] ||
    for other in tests/gotest/linux-"${gotest_version%.*}".*.tsv; do [ -e "$other" ] && gotest_baseline=$other; done
gotest_on=${GOTEST_ON:-here} # or linux: where the results come from that we are compared with
gotest_results=${GOTEST_RESULTS:-$gotest_dir/$([ "$gotest_on" = linux ] && echo linux)smp$gotest_cpus}
gotest_root=$gotest_dir/root.tar
mazboot=${MAZBOOT:-./mazboot}

# test_binary PACKAGE: where its test program is
test_binary() {
    echo "$gotest_dir/bin/${1//\//.}.test"
}

# test_result PACKAGE: the file of "TEST STATUS" and "TEST needs WHAT" lines
test_result() {
    echo "$gotest_results/${1//\//.}"
}

# Compiles with the Go that is tested, for the machine.
go_arm64() {
    env -u GOROOT -u GOFLAGS CGO_ENABLED=0 GOOS=linux GOARCH=arm64 "$gotest_go/bin/go" "$@"
}

# Packages that have tests, one a line.
list_packages() {
    go_arm64 list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' std
}

# list_tests PACKAGE: the names of its tests, as its program tells them
list_tests() {
    (cd "$gotest_go/src/$1" && qemu-aarch64 "$OLDPWD/$(test_binary "$1")" -test.list . 2>/dev/null) | grep -E '^(Test|Example|Fuzz)'
}

# expected PACKAGE: "TEST STATUS" lines of what Linux says about its tests
expected() {
    awk -F'\t' -v package="$1" '$1 == package { print $2, $3 }' "$gotest_baseline"
}
