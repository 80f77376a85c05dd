# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# How a program may end whose allocations are refused (--inject). Sourced by inject.sh and inject_programs.sh.

# died_of_want STATUS TEXT: it ended early, with a word of what it could not have: Go's runtime says which step failed. No panic (125), no hang (124).
# Of one step Go 1.26 doesn't look whether it failed (newSpanSPMC of its garbage collector), and faults a little later.
died_of_want() {
    case $1 in
    0 | 124 | 125) return 1 ;;
    137) [[ $2 == *'out of memory: the program has'* ]] ;;
    126) [[ $2 == *'too little memory'* || $2 == *'out of memory'* ]] ;;
    *) [[ $2 == *memory* || $2 == *'runtime.(*spanQueue).'* ]] || grep -qE '^(runtime|fatal error): .*(failed|newosproc)' <<<"$2" ;;
    esac
}
