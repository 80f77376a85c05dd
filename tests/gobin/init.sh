#!/usr/bin/env bash
# docs/INIT.md from runs: a hello of every minor version of Go since 1.19, each fetched, traced; and a picture of the last.
#   tests/gobin/init.sh PICTURE [VERSION...] >docs/INIT.md
cd "$(dirname "$0")/../.." || exit 1
. tests/gobin/lib.sh
picture=$1
shift
[ $# -gt 0 ] || set -- old 1.20.14 1.21.6 1.22.12 1.23.6 1.24.11 1.25.7 new
traces=()
for version in "$@"; do
    file=$(program hello "$version" arm64 plain) || exit 1
    ./mazboot trace --json --svg "$picture" --icount "$file" >"$scratch/$version.json" 2>/dev/null || exit 1
    traces+=("$scratch/$version.json")
done
python3 tests/gobin/init.py "${traces[@]}"
