#!/usr/bin/env bash
# Checks the house rules of docs/STYLE.md and LAYERS over every file that git tracks.
#   tools/lint.sh [FOLDER]        FOLDER: the root of the tree, by default the one that holds this script
# Prints "ok NAME" or "not ok NAME" for each check, its findings above. Exceptions, each with a reason, are in tools/lint.allow.
set -u -o pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/..}" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
allow=/dev/null
[ -f tools/lint.allow ] && allow=tools/lint.allow

git ls-files | while IFS= read -r f; do [ -f "$f" ] && echo "$f"; done >"$work/all"
grep -E '\.[ch]$' "$work/all" >"$work/c"
grep -E '\.([chS]|def|inc)$' "$work/all" >"$work/sources"
grep -E '^(kernel|lib)/.*\.h$' "$work/all" >"$work/public"
{
    grep -E '\.sh$' "$work/all"
    grep -vE '\.[a-zA-Z0-9]+$' "$work/all" | xargs -r grep -lE '^#!.*\b(ba)?sh\b'
} | sort -u >"$work/scripts"

files() {
    tr '\n' '\0' <"$work/$1"
}

check_layers() { files sources | xargs -0r awk -f "$here/lint/layers.awk" LAYERS; }
check_cycles() { files c | xargs -0r awk '/^#include "/ { split($0, w, "\""); print FILENAME, w[2] }' | grep '\.h .*\.h$' | "$here/lint/cycles.sh"; }
check_sizes() { files c | xargs -0r awk -f "$here/lint/sizes.awk"; }
check_machine() { files c | xargs -0r awk -f "$here/lint/machine.awk"; }
check_contracts() { files public | xargs -0r awk -f "$here/lint/contracts.awk"; }
check_head() {
    grep -E '\.[chS]$' "$work/all" | tr '\n' '\0' |
        xargs -0r awk 'FNR == 1 && !/SPDX-License-Identifier: Apache-2.0/ { print FILENAME ":1: the first line is no SPDX-License-Identifier: Apache-2.0" }'
}
check_words() {
    files sources | xargs -0r grep -nE '\b(TODO|FIXME|XXX|HACK)\b' | sed -E 's/^([^:]*:[0-9]+):.*/\1: unfinished work is in an issue, not in the source/'
}
check_blanks() {
    grep -E '(\.([chS]|sh|mk|md|def|go|rtg|ld)|akefile)$' "$work/all" | tr '\n' '\0' |
        xargs -0r grep -nE '[[:space:]]+$' | sed -E 's/^([^:]*:[0-9]+):.*/\1: blanks at the end of the line/'
}
check_format() {
    files c | xargs -0r clang-format --dry-run 2>&1 | sed -n 's/: warning: .*/: not as make fmt would have it/p' | sort -u -t: -k1,1
}
check_scripts() {
    files scripts | xargs -0r shellcheck -x -S warning -f gcc
}

# tools/lint.allow: "CHECK PATH[:NAME] REASON"; it takes away the findings in that file, or folder/, (that name that NAME).
allowed() {
    awk -v check="$1" '
        FILENAME != "-" {
            if ($1 == check && NF >= 3) { n = split($2, part, ":"); path[++rules] = part[1]; name[rules] = n > 1 ? part[2] : "" }
            next
        }
        {
            for (i = 1; i <= rules; i++)
                if (index($0, path[i] (path[i] ~ /\/$/ ? "" : ":")) == 1 && (name[i] == "" || index($0, " " name[i] " ")))
                    next
            print
        }' "$allow" -
}

status=0
for check in layers cycles sizes machine contracts head words blanks format scripts; do
    if "check_$check" | allowed "$check" >"$work/found"; [ -s "$work/found" ]; then
        cat "$work/found"
        echo "not ok lint $check"
        status=1
    else
        echo "ok lint $check"
    fi
done
exit $status
