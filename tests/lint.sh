#!/usr/bin/env bash
# tools/lint.sh on a scratch tree: clean at first, then with one violation at a time, each of which must be named.
set -u
cd "$(dirname "$0")/.." || exit 1
lint=$PWD/tools/lint.sh
format=$PWD/.clang-format
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
failures=0
spdx='/* SPDX-License-Identifier: Apache-2.0 */'

# A small tree that breaks no rule.
clean_tree() {
    rm -rf "$tmp/tree"
    mkdir -p "$tmp/tree"/{lib,kernel/core,kernel/arch/arm64,tools} && cd "$tmp/tree" || exit 1
    cp "$format" .
    printf 'lib: lib\nkernel: kernel lib\nkernel/core: kernel/core lib\ntools: *\n' >LAYERS
    printf '%s\n/* Adds. */\nint add(int a, int b);\n\n/* One word. */\nstruct word {\n    int value;\n};\n' "$spdx" >lib/add.h
    printf '%s\n#include "lib/add.h"\n\nint add(int a, int b)\n{\n    return a + b;\n}\n' "$spdx" >lib/add.c
    printf '%s\n#include "lib/add.h"\n' "$spdx" >kernel/core/a.c
    printf '%s\n#ifdef __aarch64__\n#endif\n' "$spdx" >kernel/arch/arm64/m.c
    printf '#!/bin/sh\necho "$1"\n' >tools/t.sh
    git init -q . && git add -A
}

# reports NAME CHECK FINDING: lint fails in exactly that check, with a line that has the finding in it
reports() {
    git add -A
    "$lint" "$PWD" >"$tmp/out" 2>&1
    local status=$? failed
    failed=$(sed -n 's/^not ok lint //p' "$tmp/out" | xargs)
    if [ $status -eq 1 ] && [ "$failed" = "$2" ] && grep -qF -- "$3" "$tmp/out"; then
        echo "ok $1"
    else
        cat "$tmp/out"
        echo "not ok $1: failed: $failed"
        failures=$((failures + 1))
    fi
    clean_tree
}

passes() {
    git add -A
    if "$lint" "$PWD" >"$tmp/out" 2>&1; then
        echo "ok $1"
    else
        cat "$tmp/out"
        echo "not ok $1"
        failures=$((failures + 1))
    fi
    clean_tree
}

# function NAME LINES: a function of so many lines, braces included
function_of() {
    printf '\nvoid %s(void)\n{\n' "$1"
    for ((i = 2; i < $2; i++)); do
        printf '    add(1, 2);\n'
    done
    printf '}\n'
}

clean_tree
passes 'clean tree'

printf '%s\n#include "kernel/core/b.h"\n' "$spdx" >>lib/add.c && printf '%s\n' "$spdx" >kernel/core/b.h
reports 'lower layer includes upper' layers 'lib/add.c:9: lib must not include kernel/core/b.h (LAYERS)'
printf '%s\n' "$spdx" >kernel/m.h && printf '%s\n#include "kernel/m.h"\n' "$spdx" >kernel/core/a.c
reports 'the longest folder wins' layers 'kernel/core/a.c:2: kernel/core must not include kernel/m.h (LAYERS)'
printf 'lib/*.c: kernel/core\n' >>LAYERS && printf '%s\n#include "kernel/core/b.h"\n' "$spdx" >lib/add.c && printf '%s\n' "$spdx" >kernel/core/b.h
passes 'the code of a layer may be allowed more'
printf 'lib/*.c: kernel/core\n' >>LAYERS && printf '#include "kernel/core/b.h"\n' >>lib/add.h && printf '%s\n' "$spdx" >kernel/core/b.h
reports 'but not its headers' layers 'lib/add.h:9: lib must not include kernel/core/b.h (LAYERS)'
printf '%s\n#include "add.h"\n' "$spdx" >lib/add.c
reports 'include without folder' layers 'lib/add.c:2: add.h is not a path from the root'
mkdir odd && printf '%s\n' "$spdx" >odd/o.c
reports 'folder without layer' layers 'odd/o.c:1: its folder is not in LAYERS'
printf '%s\n#include "lib/q.h"\n' "$spdx" >lib/p.h && printf '%s\n#include "lib/p.h"\n' "$spdx" >lib/q.h
reports 'circle of headers' cycles 'lib/p.h lib/q.h'

function_of long_one 61 >>lib/add.c
reports 'long function' sizes 'lib/add.c:10: long_one has 61 lines'
function_of just_right 60 >>lib/add.c
passes 'function of 60 lines'
function_of long_one 61 >>lib/add.c
printf 'sizes lib/add.c:long_one one big table\n' >tools/lint.allow
passes 'allowed long function'
function_of long_one 61 >>lib/add.c
printf 'sizes lib/:long_one tables live here\n' >tools/lint.allow
passes 'allowed in a folder'
function_of long_one 61 >>lib/add.c
printf 'sizes lib/add.c:other a reason\n' >tools/lint.allow
reports 'exception for another function' sizes 'long_one has 61 lines'
function_of long_one 61 >>lib/add.c
printf 'sizes lib/add.c:long_one\n' >tools/lint.allow
reports 'exception without a reason' sizes 'long_one has 61 lines'
for ((n = 0; n < 20; n++)); do function_of "f$n" 48; done >>lib/add.c
reports 'long file' sizes 'lib/add.c:1007: 1007 lines'

printf '%s\n#if defined(__x86_64__)\n#endif\n' "$spdx" >kernel/core/a.c
reports 'conditional on the machine' machine 'kernel/core/a.c:2: a conditional on the machine'
printf '%s\n#ifdef __riscv\n#endif\n' "$spdx" >kernel/core/a.c
reports 'conditional on riscv' machine 'kernel/core/a.c:2: a conditional on the machine'
printf '\nint sub(int a, int b);\n' >>lib/add.h
reports 'function without contract' contracts 'lib/add.h:10: sub has no contract above it'
printf '\n/* Both. */\nint sub(int a, int b);\nint mul(int a, int b);\n' >>lib/add.h
passes 'one contract for a group'
printf 'int x;\n' >lib/x.c
reports 'no licence' head 'lib/x.c:1: the first line is no SPDX-License-Identifier'
printf '%s\n/* TO''DO: more */\n' "$spdx" >lib/x.c
reports 'unfinished work' words 'lib/x.c:2: unfinished work'
printf 'all:\n\techo \n' >Makefile
reports 'blanks' blanks 'Makefile:2: blanks at the end of the line'
printf '%s\nint  x;\n' "$spdx" >lib/x.c
reports 'format' format 'lib/x.c:2:4: not as make fmt would have it'
printf '#!/bin/sh\ncd $1\n[[ a == b ]]\n' >tools/t.sh
reports 'shell script' scripts 'tools/t.sh:3'
[ $failures -eq 0 ]
