#!/usr/bin/env bash
# The command as its user meets it: help, manual page, outputs, messages, exit statuses, several files.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

same() { # NAME WANT HAVE
    if [ "$2" = "$3" ]; then
        echo "ok rtg cli $1"
    else
        printf 'want: %s\nhave: %s\n' "$2" "$3"
        echo "not ok rtg cli $1"
    fi
}
has() { # NAME PATTERN STATUS COMMAND...: its output has the pattern, it exits with STATUS
    local name=$1 pattern=$2 want=$3 status
    shift 3
    "$@" >"$work/out" 2>&1 </dev/null
    status=$?
    if grep -q -- "$pattern" "$work/out" && [ $status = "$want" ]; then
        echo "ok rtg cli $name"
    else
        tail -n 5 "$work/out"
        echo "not ok rtg cli $name: exit $status"
    fi
}

cat >"$work/main.rtg" <<'END'
package main

func main() int64 {
	unused := 4
	return twice(4)
}
END
cat >"$work/twice.rtg" <<'END'
package main

import "rtg/runtime"

func twice(n int64) int64 {
	runtime.Printf("twice %d\n", n)
	return 2 * n
}
END
printf 'package main\n\nfunc main() {\n\treturn 5\n\tx = 1\n}\n' >"$work/bad.rtg"
sources=("$work/main.rtg" "$work/twice.rtg")

has help '^usage: rtg COMMAND' 0 ./rtg --help
has 'help of a command' '^usage: rtg COMMAND' 0 ./rtg build --help
has 'no command' '^usage: rtg COMMAND' 2 ./rtg
has 'unknown command' 'there is no command frob' 2 ./rtg frob
has 'unknown option' 'rtg build: unrecognized option' 2 ./rtg build --frob
has 'no file' 'rtg check: no source file' 2 ./rtg check
has 'missing file' "cannot open $work/nothing.rtg: No such file" 1 ./rtg build "$work/nothing.rtg"
has 'unknown machine' 'unknown machine mips' 1 ./rtg build --arch mips "${sources[@]}"
has 'unknown form' '--emit is elf, obj' 2 ./rtg build --emit frob "${sources[@]}"
has 'unknown pass' 'no pass frob' 1 ./rtg build --dump frob -o /dev/null "${sources[@]}"
has 'bad number' '--config-int takes an integer' 2 ./rtg build --config-int a=b "${sources[@]}"
has 'output that cannot be written' 'cannot write /nowhere/x' 1 ./rtg build -o /nowhere/x "${sources[@]}"
has warning "^$work/main.rtg:4:2: warning: unused is declared and not used" 0 ./rtg check "${sources[@]}"
has 'check stops at errors' "^$work/bad.rtg:5:2: undefined: x" 1 ./rtg check "$work/bad.rtg"
same 'errors in the order of lines' '4 5' "$(./rtg check "$work/bad.rtg" 2>&1 | sed -n 's/^[^\t]*:\([0-9]*\):[0-9]*: .*/\1/p' | xargs)"
same quiet '' "$(./rtg check --quiet "${sources[@]}" 2>&1)"
for arch in amd64 arm64 riscv64; do
    has "run $arch" '^twice 4' 8 ./rtg run --quiet --arch $arch "${sources[@]}" -- argument
done
same 'default output' '8' "$(cd "$work" && "$OLDPWD/rtg" build --quiet "${sources[@]}" && ./main >/dev/null; echo $?)"
same 'standard output' "$(./rtg build --quiet -o - "${sources[@]}" | sha256sum)" "$(sha256sum <"$work/main")"
has listing 'twice.rtg:6: runtime.Printf' 0 ./rtg dis "${sources[@]}"
has map 'bytes of code' 0 ./rtg build --quiet --emit map "${sources[@]}"

undocumented=$(./rtg help | grep -oE '^  --?[a-zD-]+' | while read -r option; do
    case $option in
    --*) pattern="Fl \\-${option#--}" ;;
    *) pattern="Fl ${option#-}" ;;
    esac
    grep -qF -- "$pattern" docs/man/rtg.1 || echo "$option"
done)
same 'every option is in the manual' '' "$undocumented"
if command -v mandoc >/dev/null; then
    same 'manual page' '' "$(mandoc -Tlint -Wwarning docs/man/rtg.1 2>&1)"
fi
