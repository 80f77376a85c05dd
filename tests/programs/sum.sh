#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shows what isn't ok of a test's lines as it comes, and adds up at the end; fails when anything failed.
awk '
    /^ok / { passed++; next }
    /^not ok / { failed++ }
    { print; fflush() }
    END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 }
'
