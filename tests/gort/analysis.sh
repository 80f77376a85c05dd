#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clang's static analyzer over every file of gort, each as its build compiles it.
set -u
flags="-std=gnu11 -O2 -I. -D_GNU_SOURCE"
for f in gort/*.c gort/port/*.c gort/port/posix/*.c; do
    how='-DGORT_PORT_INLINE="gort/port/posix/inline.h"'
    [ "$f" = gort/san.c ] && how=-DGORT_SAN=1
    # shellcheck disable=SC2086 # a list
    found=$(clang --analyze -Xclang -analyzer-output=text $flags "$how" "$f" -o /dev/null 2>&1 | grep -E 'warning:|error:')
    if [ -z "$found" ]; then echo "ok $f"; else
        echo "$found"
        echo "not ok $f"
    fi
done
