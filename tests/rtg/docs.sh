#!/usr/bin/env bash
# Every program in docs/RTG.md does what it says there.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/docs"
awk -v dir="$work/docs" '/^```rtg/ { file = dir "/example" ++n ".rtg"; next } /^```/ { file = "" } file { print > file }' docs/RTG.md
tests/rtg/cases.sh "$work"/docs/*.rtg
