#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# Runs the table of test programs (tests/programs/cases) and prints an "ok" or "not ok" line for each machine they ran on.
#   run.sh [-n TIMES] [-j JOBS] [-t TIER,...] [-c CASE,...] [-a]
# Without options: all tiers but testprog, once, two machines at a time. -a: on all machines, whatever the tier.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/programs/lib.sh
. tests/programs/lib.sh

times=1 jobs=2 tiers=hello,runtime,heavy,c cases='' all=''
while getopts n:j:t:c:a option; do
    case $option in
    n) times=$OPTARG ;;
    j) jobs=$OPTARG ;;
    t) tiers=$OPTARG ;;
    c) cases=$OPTARG tiers=hello,runtime,heavy,c,testprog ;;
    a) all=1 ;;
    *) exit 2 ;;
    esac
done

# machines TIER: the "LINK CPUS" that a tier's programs run on.
machines() {
    case $all$1 in
    hello | 1hello | 1runtime | 1heavy) printf '%s\n' 'plain 1' 'plain 2' 'plain 4' 'plain 8' 'stripped 1' 'stripped 2' 'stripped 4' ;;
    1*) printf '%s\n' 'plain 1' 'plain 2' 'plain 4' 'plain 8' ;;
    runtime) printf '%s\n' 'plain 1' 'stripped 4' ;;
    *) printf '%s\n' 'plain 1' 'plain 4' ;;
    esac
}

# wanted: "CASE TIER GO" of what the options ask for.
wanted() {
    local name tier go
    while read -r name _ tier _; do
        [[ -z $name || $name == \#* ]] && continue
        [[ ,$tiers, == *,${tier%-*},* ]] || continue
        [[ -z $cases || ,$cases, == *,$name,* ]] || continue
        case $tier in
        c) echo "$name $tier c" ;;
        testprog-*) echo "$name $tier ${tier#testprog-}" ;;
        *) for go in $gos; do echo "$name $tier $go"; done ;;
        esac
    done < <(table_of_cases)
}

gos=$(list_gos | cut -d' ' -f1)
if [[ ,$tiers, == *,c,* ]] && ! command -v aarch64-linux-gnu-gcc >/dev/null; then
    echo "skip programs c: there is no aarch64-linux-gnu-gcc (Debian: gcc-aarch64-linux-gnu)"
    tiers=,$tiers, tiers=${tiers/,c,/,}
fi
with_c=
[[ ,$tiers, == *,c,* ]] && with_c=c
tests/programs/build.sh $with_c || { echo "not ok programs build"; exit 1; }

wanted | while read -r name _ go; do echo "$name $go"; done | xargs -r -P "$jobs" -L 1 tests/programs/job.sh expect
for ((i = 0; i < times; i++)); do
    wanted | while read -r name tier go; do
        machines "$tier" | sed "s/^/$name $go /"
    done
done | xargs -r -P "$jobs" -L 1 tests/programs/job.sh
