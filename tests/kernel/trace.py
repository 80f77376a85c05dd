#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""trace.py JSON STRACE CPUS: what `mazboot run --trace JSON --strace=STRACE` of one run must agree on. Says nothing when it does."""
import collections
import json
import re
import sys

trace = json.load(open(sys.argv[1]))
events = trace["traceEvents"]
wrong = []
last = 0.0
open_slices = collections.defaultdict(list)
calls = collections.Counter()
instants = collections.Counter()
runs = 0
for e in events:
    if e["ts"] < last:
        wrong.append(f"time goes back: {e}")
    last = e["ts"]
    track = (e["pid"], e["tid"])
    if e["ph"] == "B":
        open_slices[track].append(e["name"])
        runs += e["pid"] == 1
    elif e["ph"] == "E":
        if not open_slices[track]:
            wrong.append(f"an end without a beginning: {e}")
            continue
        name = open_slices[track].pop()
        # Those that don't come back are in strace's list, too; others were going on when the program ended.
        if e["pid"] == 2 and ("result" in e.get("args", {}) or name in ("exit", "exit_group", "rt_sigreturn")):
            calls[name] += 1
    elif e["ph"] == "i":
        instants[e["name"]] += 1
wrong += [f"a beginning without an end: {t} {s}" for t, s in open_slices.items() if s]

# Other CPUs go on for a moment when the program ends: one of the two may have seen their last call.
running_on = int(sys.argv[3]) - 1
expected = collections.Counter()
for line in open(sys.argv[2]):
    expected[re.match(r"\S+ \[\d+\] (\w+)\(", line).group(1)] += 1
for name in sorted(set(calls) | set(expected)):
    if abs(calls[name] - expected[name]) > running_on:
        wrong.append(f"{name}: {calls[name]} times in the trace, {expected[name]} times in strace's list")

if trace["otherData"]["events lost"] != "0":
    wrong.append("events were lost: " + trace["otherData"]["events lost"])
names = {(e["pid"], e["tid"]): e["args"]["name"] for e in events if e["ph"] == "M" and e["name"] == "thread_name"}
wrong += [f"a track without a name: {t}" for t in open_slices if t not in names]
for name in ("page fault", "interrupt", "wake", "SIGUSR1"):
    if not instants[name]:
        wrong.append(f"no {name} anywhere")
if not runs:
    wrong.append("no thread ever ran")
print("\n".join(wrong[:20]), end="\n" if wrong else "")
