#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The test of the test: a command that is right passes job.sh, one that is wrong in any single way doesn't.
# Its "machine" is user-mode emulation, made wrong by $WRONG.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
export MAZBOOT=$dir/machine

cat >"$MAZBOOT" <<'MACHINE'
#!/usr/bin/env bash
[ "$1" = run ] || exit 125
shift
variables=() cpus=0
while :; do
    case $1 in
    -smp) cpus=$2 ;;
    --timeout) ;;
    -e) variables+=("$2") ;;
    *) break ;;
    esac
    shift 2
done
taskset -c "0-$((cpus - 1))" env -i PATH=/usr/bin HOME=/root "${variables[@]}" qemu-aarch64 "$@" | case $WRONG in
    missing) head -c -1 ;;
    changed) sed 's/world/World/' ;;
    more) cat; echo ;;
    *) cat ;;
    esac
status=${PIPESTATUS[0]}
case $WRONG in
stderr) echo "kernel: hello" >&2 ;;
status) exit 1 ;;
signal) kill -SEGV $$ ;;
esac
exit "$status"
MACHINE
chmod +x "$MAZBOOT"

expect() { # WRONG CASE VERDICT
    local got
    export WRONG=$1
    got=$(tests/programs/job.sh "$2" go1.19 plain 1 2>&1 | sed -nE '1s/^((not )?ok).*/\1/p')
    if [ "$got" = "$3" ]; then echo "ok programs selftest: $2, $1"; else echo "not ok programs selftest: $2, $1: \"$got\""; fi
}

# stale CASE: an expectation that isn't the program's must show, too.
stale() {
    local file=build/programs/expected/go1.19/$1/out
    cp "$file" "$dir/saved" && echo "something else" >"$file"
    expect nothing "$1" "not ok"
    cp "$dir/saved" "$file"
}

tests/programs/build.sh
for case in hello args panic-nil copy-text; do tests/programs/job.sh expect $case go1.19; done
for case in hello args panic-nil copy-text; do expect nothing $case ok; done
for wrong in missing changed more stderr status signal; do expect $wrong hello "not ok"; done
for wrong in stderr status; do expect $wrong panic-nil "not ok"; done
expect missing copy-text "not ok"
stale hello
