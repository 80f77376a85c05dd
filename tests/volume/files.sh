#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a Go program does with files and mappings, beside Linux; read-only volumes; what the host changes meanwhile.
# shellcheck source=tests/volume/lib.sh
. "$(dirname "$0")/lib.sh"
export GOTOOLCHAIN=local CGO_ENABLED=0
unset GOFLAGS GOOS GOARCH
here=$PWD/$built
(cd tests/volume/files && go build -o "$here/files.host" . && GOARCH=arm64 go build -o "$here/files" .) || exit 1

mkdir "$tmp/linux"
"$built/files.host" "$tmp/linux" >"$tmp/linux.out" 2>&1
listing "$tmp/linux" >"$tmp/linux.tree"
for cpus in 1 4; do
    mkdir "$tmp/$cpus"
    "$mazboot" run -smp $cpus --timeout 600s --volume "$tmp/$cpus:/volume" "$built/files" /volume >"$tmp/here.out" 2>&1
    same "volume files smp $cpus" "$tmp/linux.out" "$tmp/here.out"
    listing "$tmp/$cpus" >"$tmp/here.tree"
    same "volume files smp $cpus, what is left" "$tmp/linux.tree" "$tmp/here.tree"
done

cat >"$tmp/readonly.want" <<'END'
"x" <nil>
read-only file system read-only file system read-only file system read-only file system
read-only file system read-only file system read-only file system read-only file system
END
"$mazboot" run --timeout 60s --volume "$tmp/1:/a/volume:ro" --volume "$tmp/4:/another" "$built/files" /a/volume readonly >"$tmp/readonly.got" 2>&1
same 'volume read-only' "$tmp/readonly.want" "$tmp/readonly.got"
listing "$tmp/1" >"$tmp/here.tree"
same 'volume read-only, what is left' "$tmp/linux.tree" "$tmp/here.tree"

# The host writes, replaces and removes a file; each opening sees the newest.
coproc machine { "$mazboot" run --timeout 60s --volume "$tmp/linux:/volume" "$built/files" /volume watch 2>&1; }
ask() {
    echo >&"${machine[1]}"
    read -r -t 60 line <&"${machine[0]}"
    echo "$line"
}
{
    echo one >"$tmp/linux/watched" && ask
    echo twofold >"$tmp/linux/watched" && ask
    echo three >"$tmp/new" && mv "$tmp/new" "$tmp/linux/watched" && ask
    rm "$tmp/linux/watched" && ask
    echo five >"$tmp/linux/watched" && ask
} >"$tmp/watch.got"
eval "exec ${machine[1]}>&-"
wait
cat >"$tmp/watch.want" <<'END'
"one\n" <nil>
"twofold\n" <nil>
"three\n" <nil>
"" open watched: no such file or directory
"five\n" <nil>
END
same "volume follows the host's changes" "$tmp/watch.want" "$tmp/watch.got"
ended
