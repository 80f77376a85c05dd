#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/syscalls.sh [--check] - write docs/SYSCALLS.md from abi/syscalls.def and kernel/linux/syscall_notes.def, or with --check say
# whether it is up to date.
set -euo pipefail
cd "$(dirname "$0")/.."
out=docs/SYSCALLS.md
new=$(mktemp)
trap 'rm -f "$new"' EXIT

awk '
    /^NOTE\(/ {
        name = $0; sub(/^NOTE\(/, "", name); sub(/,.*/, "", name)
        text = $0; sub(/^[^"]*"/, "", text); sub(/"\)$/, "", text)
        note[name] = text
    }
    /^S\(/ {
        line = $0; sub(/^S\(/, "", line)
        split(line, f, /, */)
        n++; nr[n] = f[1]; name_of[n] = f[3]; status[n] = f[4]; count[f[4]]++
    }
    END {
        print "# System calls"
        print ""
        print "Made by `tools/syscalls.sh` from abi/syscalls.def; numbers are those of arm64 and riscv64. A call that is not listed here, or listed as"
        print "absent, answers ENOSYS, is counted (`--stats`) and told once (`-v`)."
        print ""
        printf "%d whole, %d in part, %d absent.\n\n", count["DONE"], count["PART"], count["NONE"]
        print "| number | call | |"
        print "|---|---|---|"
        for (i = 1; i <= n; i++)
            if (status[i] != "NONE")
                printf "| %d | %s | %s |\n", nr[i], name_of[i], status[i] == "PART" ? "in part: " note[name_of[i]] : "whole"
        printf "\nAbsent:"
        for (i = 1; i <= n; i++)
            if (status[i] == "NONE")
                printf "%s %s", sep, name_of[i]
        print "."
        for (i = 1; i <= n; i++)
            if (status[i] == "PART" && !(name_of[i] in note)) {
                print "syscall_notes.def says nothing about " name_of[i] > "/dev/stderr"
                exit 1
            }
    }' kernel/linux/syscall_notes.def abi/syscalls.def | fold -s -w 400 | sed 's: *$::' >"$new"

if [ "${1:-}" = --check ]; then
    if cmp -s "$new" "$out"; then echo "ok docs/SYSCALLS.md is up to date"; else echo "not ok docs/SYSCALLS.md is out of date: run tools/syscalls.sh"; fi
else
    cp "$new" "$out"
fi
