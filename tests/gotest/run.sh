#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# Runs Go's own tests, package after package, each on a machine of its own.
#   run.sh [-smp N] [-j JOBS] [-limit SECONDS] [-go FOLDER] [-linux] [PACKAGE...]
# -linux: on Debian's Linux instead, those it has no results of; baseline.sh then makes of it what later runs are compared with.
# Without packages: all that Linux has results for. What has a result in build/gotest/ isn't run again: remove the folder to
# start over. With packages: those, again.
set -u
cd "$(dirname "$0")/../.." || exit 1
jobs=2
while [ $# -gt 0 ] && [ "${1#-}" != "$1" ]; do
    case $1 in
    -smp) export GOTEST_CPUS=$2 ;;
    -j) jobs=$2 ;;
    -go) export GOTEST_GO=$2 ;;
    -linux)
        export GOTEST_ON=linux
        shift
        continue
        ;;
    -limit) export GOTEST_LIMIT=$2 ;;
    *)
        echo "unknown option $1; it is -smp, -j, -limit, -go or -linux" >&2
        exit 2
        ;;
    esac
    shift 2
done
# shellcheck source=tests/gotest/lib.sh
. tests/gotest/lib.sh
[ -e "$gotest_baseline" ] || [ "$gotest_on" = linux ] || { echo "there are no results of Linux for $gotest_version ($gotest_baseline)" >&2; exit 2; }
mkdir -p "$gotest_dir" && tests/gotest/root.sh "$gotest_go" "$gotest_root" || exit 1
for package; do rm -f "$(test_result "$package")"; done
packages_all() {
    if [ "$gotest_on" = linux ]; then list_packages | grep -vxF -f <(cut -f 1 "$gotest_baseline" 2>/dev/null); else cut -f 1 "$gotest_baseline" | uniq; fi
}
[ $# -gt 0 ] || mapfile -t packages < <(packages_all)
printf '%s\n' "${packages[@]:-$@}" | nice -n 10 xargs -P "$jobs" -n 1 tests/gotest/job.sh
