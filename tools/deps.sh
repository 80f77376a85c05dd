#!/usr/bin/env bash
# Installs the Debian packages that are missing, or says which.
#   tools/deps.sh install|check [COMMAND:]PACKAGE...
# Says and does nothing if nothing is missing. With COMMAND, a program of that name is enough, wherever it came from.
set -u
action=$1
shift

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=()
for need in "$@"; do
    package=${need##*:}
    if [ "$need" != "$package" ]; then
        command -v "${need%%:*}" >/dev/null && continue
    elif ! command -v dpkg-query >/dev/null; then
        continue # another distribution: libraries show themselves when they are used
    elif is_installed "$package"; then
        continue
    fi
    missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$action" = check ] || ! command -v apt-get >/dev/null; then
    echo "missing: ${missing[*]}; install them (on Debian: make deps)"
    exit 1
fi

sudo=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "missing: ${missing[*]}; install them as root: apt-get install ${missing[*]}"
        exit 1
    fi
    sudo=(sudo)
fi
echo "installing ${missing[*]} (${sudo[*]:+with sudo, }apt-get)"
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
apt() {
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" >"$log" 2>&1
}
if ! { apt update && apt install --no-install-recommends "${missing[@]}"; }; then
    tail -n 20 "$log"
    echo "installing failed; the end of what apt-get said is above"
    exit 1
fi
