#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the library in an empty place and uses it as a stranger would: pkg-config, the examples, shared and static.
set -u
at=$(mktemp -d)
trap 'rm -rf "$at"' EXIT
make -s --no-print-directory install-gort PREFIX="$at" >"$at/log" 2>&1 || { cat "$at/log"; echo "not ok install-gort"; exit 1; }
export PKG_CONFIG_PATH="$at/lib/pkgconfig" LD_LIBRARY_PATH="$at/lib"

use() { # kind port
    for e in pool pipeline echo; do
        # shellcheck disable=SC2046 # flags
        ${CC:-clang} -O2 -Wall -Werror $(pkg-config --cflags gort) "examples/gort/$e.c" -o "$at/$e-$1" $(pkg-config --libs gort) || return 1
    done
    [ "$("$at/pool-$1")" = "78498 primes below 1000000" ] || return 1
    [ "$("$at/pipeline-$1" | tail -n 1)" = 100 ] || return 1
    "$at/echo-$1" "$2" &
    server=$!
    tries=0 got=
    while [ $tries -lt 100 ] && [ "$got" != hello ]; do
        tries=$((tries + 1))
        got=$(exec 2>/dev/null; bash -c "exec 3<>/dev/tcp/127.0.0.1/$2; echo hello >&3; read -r line <&3; echo \$line")
        [ "$got" = hello ] || sleep 0.05
    done
    kill $server
    wait $server 2>/dev/null
    [ "$got" = hello ]
}

port=$((20000 + $$ % 20000))
for kind in shared static; do
    # Without the shared one the linker takes the archive.
    [ $kind = static ] && rm -f "$at"/lib/libgort.so*
    port=$((port + 1))
    if use $kind $port; then echo "ok gort examples, $kind library"; else echo "not ok gort examples, $kind library"; fi
done
for kind in asan tsan; do
    # shellcheck disable=SC2046 # flags
    if ${CC:-clang} -O1 -g $(pkg-config --cflags gort-$kind) examples/gort/pool.c -o "$at/pool-$kind" $(pkg-config --libs gort-$kind) &&
        [ "$("$at/pool-$kind" 2>&1)" = "78498 primes below 1000000" ]; then
        echo "ok gort example with gort-$kind"
    else
        echo "not ok gort example with gort-$kind"
    fi
done
if ! command -v tcc >/dev/null; then echo "skip gort with tcc: install tcc"; elif
    make -s --no-print-directory install-gort PREFIX="$at" >/dev/null 2>&1 &&
        tcc -I "$at/include" examples/gort/pool.c -L "$at/lib" -lgort -o "$at/pool-tcc" && [ "$("$at/pool-tcc")" = "78498 primes below 1000000" ]; then
    echo "ok gort example with tcc"
else
    echo "not ok gort example with tcc"
fi
if [ -e "$at/share/man/man3/go_send.3" ]; then echo "ok man go_send"; else echo "not ok man go_send"; fi
command -v mandoc >/dev/null || { echo "skip manual pages: install mandoc"; exit 0; }
for page in "$at"/share/man/man?/*; do
    [ -e "$page" ] || continue
    if mandoc -T lint -W error "$page" >"$at/log" 2>&1; then echo "ok $(basename "$page")"; else
        cat "$at/log"
        echo "not ok $(basename "$page")"
    fi
done
