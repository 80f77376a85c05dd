#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Real programs on folders of the host, beside Linux: esbuild bundles a project, tsgo checks and translates it (both from npm, built by
# others), Go's own compiler, linker, gofmt and vet, built for arm64, work on a Go program, and what the linker made is booted.
#   real.sh [-n TIMES] [-smp "1 2 4"] [TOOL...]        with gofmt alone unless told otherwise; "all": all of them
# Each run has its threads preempted at random (perturb=). The oracle for Go's tools are the host's own, whose files must be the same to
# the byte; for the others QEMU's user-mode emulation.
# shellcheck source=tests/volume/lib.sh
. "$(dirname "$0")/lib.sh"
times=1 cpus='1 4'
while [ $# -gt 1 ] && [ "${1#-}" != "$1" ]; do
    case $1 in
    -n) times=$2 ;;
    -smp) cpus=$2 ;;
    *) exit 2 ;;
    esac
    shift 2
done
tools=("${@:-gofmt}")
[ "${tools[0]}" != all ] || tools=(esbuild tsgo compile link gofmt vet)
export GOTOOLCHAIN=local
unset GOFLAGS
go_version=$(go env GOVERSION) go_root=$(go env GOROOT)
bin=$PWD/$built/$go_version
mkdir -p "$bin"

# go_tool NAME: builds it for the machine
go_tool() {
    [ -x "$bin/$1" ] || CGO_ENABLED=0 GOOS=linux GOARCH=arm64 go build -o "$bin/$1" "cmd/$1"
}

# npm_package NAME VERSION FOLDER
npm_package() {
    [ -d "$built/$3" ] && return
    mkdir -p "$built/$3.new" &&
        tarball=$(cd "$tmp" && npm pack --silent "$1@$2") && tar -xzf "$tmp/$tarball" -C "$built/$3.new" && mv "$built/$3.new" "$built/$3"
}

# The packages that the program imports, compiled, in a folder "pkg", and what tells the tools where.
libraries() {
    local path file
    mkdir -p "$bin/pkg"
    if [ ! -e "$bin/importcfg" ]; then
        GOOS=linux GOARCH=arm64 CGO_ENABLED=0 go list -export -deps -f '{{if .Export}}{{.ImportPath}} {{.Export}}{{end}}' fmt os sort strings |
            while read -r path file; do
                cp "$file" "$bin/pkg/${path//\//.}.a" && echo "packagefile $path=$bin/pkg/${path//\//.}.a"
            done >"$bin/importcfg.new" && mv "$bin/importcfg.new" "$bin/importcfg"
    fi
}

# vet_config FOLDER: what the go command tells vet
vet_config() {
    awk -F '[ =]' -v folder="$1" '
        { files = files sep "\"" $2 "\": \"" $3 "\""; map = map sep "\"" $2 "\": \"" $2 "\""; sep = ", " }
        END {
            printf "{\"ID\": \"main\", \"Compiler\": \"gc\", \"Dir\": \"%s\", \"ImportPath\": \"main\", \"GoVersion\": \"go1.19\",", folder
            printf "\"GoFiles\": [\"%s/hello.go\"], \"ImportMap\": {%s}, \"PackageFile\": {%s}, \"VetxOutput\": \"vet.out\"}\n", folder, map, files
        }' "$bin/importcfg"
}

# command_of TOOL: sets program and arguments, for the folder $work, and the oracle that runs it on Linux
command_of() {
    program=$bin/$1 oracle=(go tool "$1")
    case $1 in
    esbuild)
        npm_package @esbuild/linux-arm64 0.28.2 esbuild
        program=$PWD/$built/esbuild/package/bin/esbuild oracle=(qemu-aarch64 "$program")
        arguments=(src/index.ts --bundle --sourcemap --minify --outfile=out/bundle.js --log-level=error)
        ;;
    tsgo)
        npm_package @typescript/native-preview-linux-arm64 7.0.0-dev.20260707.2 tsgo
        program=$PWD/$built/tsgo/package/lib/tsgo oracle=(qemu-aarch64 "$program")
        arguments=(-p . --pretty false)
        ;;
    compile) arguments=(-o hello.a -p main -importcfg "$bin/importcfg" -pack hello.go) ;;
    link) arguments=(-o hello -importcfg "$bin/importcfg" hello.a) ;;
    vet) arguments=("$work/vet.cfg") ;;
    gofmt) arguments=(-l -w -r 'w -> words' .) oracle=(gofmt) ;;
    esac
    case $1 in
    esbuild | tsgo) ;;
    *)
        go_tool "$1" && libraries
        ;;
    esac
}

# The oracle's Go tools have to be told the machine; its results are kept in $tmp/TOOL.
work=$tmp/work
prepare() {
    rm -rf "$work"
    cp -r tests/volume/project "$work"
    vet_config "$work" >"$work/vet.cfg"
    if [ "$1" = link ]; then cp "$bin/hello.a" "$work/"; fi
}

# outcome FOLDER: all that a run left, and said
outcome() {
    cp "$tmp/out" "$work/said.out" && cp "$tmp/err" "$work/said.err" && cp "$tmp/status" "$work/said.status"
    rm -rf "$1" && mv "$work" "$1"
}

libraries || exit 1
for tool in "${tools[@]}"; do
    command_of "$tool" || exit 1
    if [ "$tool" = link ]; then
        (cd "$PWD/tests/volume/project" && GOOS=linux GOARCH=arm64 go tool compile -o "$bin/hello.a" -p main -importcfg "$bin/importcfg" -pack hello.go) || exit 1
    fi
    prepare "$tool"
    (cd "$work" && GOOS=linux GOARCH=arm64 "${oracle[@]}" "${arguments[@]}" >"$tmp/out" 2>"$tmp/err"; echo $? >"$tmp/status")
    outcome "$tmp/linux"
    for smp in $cpus; do
        wrong=0
        for ((i = 1; i <= times; i++)); do
            prepare "$tool"
            "$mazboot" run -smp "$smp" -m 1G --timeout 300s -e GOOS=linux -e GOARCH=arm64 -e GOROOT="$go_root" --qemu-arg -append --qemu-arg "perturb=$((smp * 1000 + i))" \
                --volume "$work:$work" --volume "$bin:$bin:ro" --volume "${program%/*}:${program%/*}.program:ro" --cwd "$work" \
                "$program" "${arguments[@]}" >"$tmp/out" 2>"$tmp/err"
            echo $? >"$tmp/status"
            grep -v '^mazboot: the program made [0-9]* system calls' "$tmp/err" >"$tmp/err.new"
            mv "$tmp/err.new" "$tmp/err"
            outcome "$tmp/here"
            if ! diff -ra "$tmp/linux" "$tmp/here" >"$tmp/diff"; then
                head -n 20 "$tmp/diff" | cut -c1-200
                wrong=$((wrong + 1))
            fi
            if [ "$tool" = link ]; then
                "$mazboot" run --timeout 60s "$tmp/here/hello" >"$tmp/said" 2>&1
                grep -q '^\[and bare compiled linked metal on\] 1$' "$tmp/said" || { head -n 5 "$tmp/said" && wrong=$((wrong + 1)); }
            fi
        done
        report "volume real $tool smp $smp, $times times" $((wrong > 0))
    done
done
ended
