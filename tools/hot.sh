#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/hot.sh HOT ELF... - where guest instructions went: sums insncount's hot=HOT by function of the ELF files (the kernel's,
# the program's) and prints the largest. LINES_SHOWN says how many (default 40).
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: tools/hot.sh HOT ELF..." >&2; exit 2; }
hot=$1
shift

# Both inputs become "ADDRESS KIND ...", sorted by fixed-width hexadecimal: a block belongs to the last function before it.
{
    for elf; do llvm-nm --defined-only "$elf"; done | awk '$2 ~ /^[tT]$/ && $3 !~ /^\$/ { print $1, "function", $3 }'
    awk '{ a = substr($1, 3); while (length(a) < 16) a = "0" a; print a, "instructions", $2 * $3 }' "$hot"
} | sort -s -k1,1 | awk -v lines="${LINES_SHOWN:-40}" '
    $2 == "function" { name = $3; next }
    { sum[name] += $3; total += $3 }
    END {
        printf "%12d 100.0 %% total\n", total
        for (n in sum) printf "%12d %5.1f %% %s\n", sum[n], 100 * sum[n] / total, n == "" ? "(no symbol)" : n | "sort -rn | head -n " lines
    }'
