#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/symtab.sh KERNEL.ELF OUT - write the kernel's function symbols as a PAYLOAD_SYMBOLS item (abi/payload.h):
# u32 count, {u32 offset, u32 name offset} sorted, then the names.
set -euo pipefail
llvm-nm --defined-only "$1" | awk '$2 ~ /^[tT]$/ && $3 !~ /^\$/ {print substr($1, 5), $3}' | sort -u -k1,1 |
perl -e '
    my (@sym, $names, $base);
    while (<STDIN>) {
        my ($addr, $name) = split;
        my $low = hex(substr($addr, 4));
        push @sym, [$low, $name];
    }
    my $head = 4 + 8 * @sym;
    my ($table, $text) = ("", "");
    for my $s (@sym) {
        $table .= pack("VV", $s->[0], $head + length $text);
        $text .= $s->[1] . "\0";
    }
    print pack("V", scalar @sym), $table, $text;
' >"$2"
