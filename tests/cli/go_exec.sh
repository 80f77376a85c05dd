#!/usr/bin/env bash
# Go packages: built by mazboot itself, and by `go run` and `go test` with mazboot as their -exec. With every Go that is here.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
nl=$'\n'
export HOME=${HOME:-$tmp} GOTOOLCHAIN=local GOPROXY=off
mkdir -p greet/cmd/hi folder
cat >greet/go.mod <<'EOF'
module example.org/greet

go 1.19
EOF
printf 'package main\n\nfunc main() { println("hi") }\n' >greet/cmd/hi/main.go
printf 'package greet\n\nfunc Two() int { return 2 }\n' >greet/greet.go
printf 'package greet\n\nimport "testing"\n\nfunc TestTwo(t *testing.T) {\n\tif Two() != 2 {\n\t\tt.Fail()\n\t}\n}\n' >greet/greet_test.go
printf 'package main\n\nfunc main() { x := 1 }\n' >greet/broken.txt

go_tests() {
    play "item 2${nl}exit 0" run greet/cmd/hi x
    same "$1: folder" "hi${nl}x||0" "$out|$err|$status"
    play "item 2${nl}exit 0" run greet/cmd/hi/main.go
    same "$1: file" 'main|0' "$out|$status"
    cd greet || exit 1
    play "item 2${nl}exit 0" run ./cmd/hi
    same "$1: relative folder" 'hi|0' "$out|$status"
    play "item 2${nl}exit 0" run example.org/greet/cmd/hi
    same "$1: import path" 'hi|0' "$out|$status"
    play '' run .
    same "$1: no package main" '126|mazboot: . is not a program; name a package main' "$status|$err"
    mkdir -p broken && cp broken.txt broken/main.go
    play '' run ./broken
    same "$1: go's own errors" '125|1|0' "$status|$(grep -c '^./main.go:3:.*x' <<<"$err")|$(grep -c mazboot <<<"$err")"
    rm -r broken

    out=$(FAKE_GUEST="out from the guest${nl}item 2${nl}exit 0" GOARCH=arm64 go run -exec "$mazboot run" ./cmd/hi a b 2>&1 | sed 's|^/.*/||')
    same "$1: go run -exec" "from the guest${nl}hi${nl}a${nl}b" "$out"
    out=$(FAKE_GUEST="exit 5" GOARCH=arm64 go run -exec "$mazboot run" ./cmd/hi 2>&1)
    same "$1: go run -exec, exit status" 'exit status 5' "$(tail -n 1 <<<"$out")"
    out=$(FAKE_GUEST="out PASS${nl}exit 0" GOARCH=arm64 go test -vet=off -exec "$mazboot run" . 2>&1)
    same "$1: go test -exec" 'ok' "${out%%[[:space:]]*}"
    cd ..
}

same 'temporary folders' '' "$(TMPDIR=$tmp/folder play 'exit 0' run greet/cmd/hi; ls folder)"
found=0
for go in "$(command -v go)" /usr/lib/go-*/bin/go /usr/local/go/bin/go; do
    [ -x "$go" ] || continue
    version=$("$go" env GOVERSION)
    [[ " ${seen:-} " == *" $version "* ]] && continue
    seen="${seen:-} $version" found=1
    PATH=$(dirname "$go"):$PATH go_tests "$version"
done
[ $found -eq 1 ] || echo "skip go -exec: no go command here"
ended
