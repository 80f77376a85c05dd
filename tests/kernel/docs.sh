#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Generated documents say what the tables say.
exec "$(dirname "$0")/../../tools/syscalls.sh" --check
