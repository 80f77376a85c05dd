# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts beside it, from the root of the tree.

# build FOLDER MACHINE FILE: the Go program in tests/net/FOLDER for Linux on that machine. FILE is a path from the root.
build() {
    (cd "tests/net/$1" && GOTOOLCHAIN=local GOOS=linux GOARCH=$2 CGO_ENABLED=0 go build -trimpath -o "$OLDPWD/$3" .)
}
