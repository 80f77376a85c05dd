#!/usr/bin/env bash
# What `make install` puts in place: the command finds its kernel, the manual page and the completions are sound.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
unset MAZBOOT_KERNEL MAKEFLAGS MFLAGS MAKELEVEL
make_elf "$tmp/hello" 183
prefix=$tmp/stage/usr

make -s install PREFIX=/usr DESTDIR="$tmp/stage" >"$tmp/log" 2>&1 || cat "$tmp/log"
mazboot=$prefix/bin/mazboot
play "exit 0" run --dry-run "$tmp/hello"
same 'installs the kernels and their symbols' 'kernel-arm64-full.img kernel-arm64-full.sym kernel-arm64-net.img kernel-arm64-net.sym kernel-arm64.img kernel-arm64.sym' "$(cd "$prefix/lib/mazboot" && echo *)"
same 'finds its kernel' '0|' "$status|$err"
rm -rf "$prefix/lib/mazboot"
play "exit 0" run "$tmp/hello"
same 'says where it looked' "125|mazboot: there is no kernel: neither $prefix/bin/../lib/mazboot/kernel-arm64-full.img nor $prefix/bin/build/kernel-arm64/mazboot-full.img; build one with make" "$status|$err"

out=$(bash -c "source '$prefix/share/bash-completion/completions/mazboot'; COMP_WORDS=(mazboot run --st) COMP_CWORD=2; _mazboot; echo \${COMPREPLY[*]}")
same 'completion of options' '--stats --strace' "$out"
out=$(bash -c "source '$prefix/share/bash-completion/completions/mazboot'; COMP_WORDS=(mazboot b) COMP_CWORD=1; _mazboot; echo \${COMPREPLY[*]}")
same 'completion of commands' 'build' "$out"
for option in $("$root/mazboot" run --help | grep -oE '^  (-[a-z]+, )?--[a-z-]+' | tr -d ','); do
    case $option in
    --*) pattern="Fl \\-${option#--}" ;;
    *) pattern="Fl ${option#-}" ;;
    esac
    grep -qF -- "$pattern" docs/man/mazboot.1 || undocumented="${undocumented:-}$option "
done
same 'every option is in the manual' '' "${undocumented:-}"
if command -v mandoc >/dev/null; then
    same 'manual page' '' "$(mandoc -Tlint -Wwarning docs/man/mazboot.1 2>&1)"
fi

make -s uninstall PREFIX=/usr DESTDIR="$tmp/stage" >/dev/null
same 'uninstall leaves no file' '' "$(find "$tmp/stage" -type f)"
ended
