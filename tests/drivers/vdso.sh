#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the vDSO's test, an arm64 program, by user-mode emulation.
exec qemu-aarch64 "$(dirname "$0")/../../build/test/vdso_test"
