#!/usr/bin/env bash
# tools/deps.sh on a machine made of fake commands: what is missing is installed, once, and what is there costs no word.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
bin=$tmp/bin
mkdir "$bin"

# fake NAME BODY
fake() {
    printf '#!/bin/bash\n%s\n' "$2" >"$bin/$1"
    chmod +x "$bin/$1"
}
for tool in env bash rm mktemp tail; do
    ln -s "$(command -v $tool)" "$bin/$tool"
done
fake dpkg-query '[[ " libone libtwo " == *" ${*: -1} "* ]] && printf installed'
fake apt-get 'echo "apt-get $*" >>'"$tmp"'/calls; [ ! -e '"$tmp"'/broken ] || { echo "E: no route"; exit 100; }'
fake sudo 'echo sudo >>'"$tmp"'/calls; exec "$@"'
fake id 'echo 1000'
fake present true

# deps ARGS...: leaves $status, $out and $calls
deps() {
    : >"$tmp/calls"
    out=$(PATH=$bin "$root/tools/deps.sh" "$@" 2>&1)
    status=$?
    calls=$(paste -sd '|' "$tmp/calls")
}
deps install libone libtwo present:some-package
same 'nothing missing' '0||' "$status|$out|$calls"
deps install libone libthree absent:provider
same 'with sudo' '0|installing libthree provider (with sudo, apt-get)|sudo|apt-get -q -y update|sudo|apt-get -q -y install --no-install-recommends libthree provider' "$status|$out|$calls"
deps check libthree
same 'check' '1|missing: libthree; install them (on Debian: make deps)|' "$status|$out|$calls"
fake id 'echo 0'
deps install libthree
same 'as root' '0|installing libthree (apt-get)|apt-get -q -y update|apt-get -q -y install --no-install-recommends libthree' "$status|$out|$calls"
touch "$tmp/broken"
deps install libthree
same 'no network' '1|installing libthree (apt-get)|E: no route|installing failed; the end of what apt-get said is above' "$status|$(paste -sd '|' <<<"$out")"
rm "$bin/sudo"
fake id 'echo 1000'
deps install libthree
same 'no sudo' '1|missing: libthree; install them as root: apt-get install libthree|' "$status|$out|$calls"
rm "$bin/apt-get" "$bin/dpkg-query"
deps install libthree present:some-package
same 'another distribution' '0||' "$status|$out|$calls"
deps install absent:provider
same 'another distribution, tool missing' '1|missing: provider; install them (on Debian: make deps)|' "$status|$out|$calls"
ended
