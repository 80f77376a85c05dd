#!/usr/bin/env bash
# Every minor version of Go that the reader knows, each fetched and used to build the test programs: the table of the
# runtime's offsets against DWARF, barrier sites against a whole disassembly, functions, and the steps of coming up.
#   tests/gobin/versions.sh [VERSION...]
cd "$(dirname "$0")/../.." || exit 1
. tests/gobin/lib.sh
dump=build/gobin/dump
[ $# -gt 0 ] || set -- 1.18.10 1.20.14 1.21.6 1.22.12 1.23.6 1.24.11 1.25.7 1.26.0

for version in "$@"; do
    for arch in arm64 amd64 riscv64; do
        plain=$(program hello "$version" $arch plain) && stripped=$(program hello "$version" $arch stripped) || exit 1
        ok "layout $version $arch" grep -qF "$($dump layout "$plain")" gobin/layout.def
        objdump_sites "$plain" >"$scratch/want"
        $dump sites "$stripped" | grep -v '^flag' | sort >"$scratch/got"
        same "$(wc -l <"$scratch/want") barrier sites $version $arch" "$scratch/want" "$scratch/got"
        $dump functions "$plain" >"$scratch/want"
        $dump functions "$stripped" >"$scratch/got"
        same "functions $version $arch" "$scratch/want" "$scratch/got"
        check_globals "$plain" "$stripped" "$version $arch"
        # 5b isn't on riscv64 at all
        $dump checkpoints "$stripped" | grep ' absent ' | grep -v '^5b ' >"$scratch/absent"
        ok "steps of coming up $version $arch" [ ! -s "$scratch/absent" ]
    done
done
[ $failures -eq 0 ]
