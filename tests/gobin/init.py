#!/usr/bin/env python3
"""docs/INIT.md out of traces: init.py TRACE.json... (mazboot trace --icount --json), oldest Go first."""
import json
import sys

WHAT = {  # what a step does, in our words
    "0": "the kernel's first instruction of the program: argc, argv, environment and auxiliary vector are on the stack",
    "1": "g0 gets the stack that the kernel made, g0 and m0 get each other, x28 becomes g0",
    "3": "sizes of types, atomics, NaNs; throws if the build is broken",
    "4": "keeps argc and argv",
    "4a": "walks behind the environment to the auxiliary vector: page size, random bytes, HWCAP, vDSO",
    "5": "what only the operating system knows",
    "5a": "counts the bits of sched_getaffinity",
    "5b": "asks the vDSO how it wants getrandom's state",
    "6": "the scheduler and everything that allocation needs; calls all of 6b to 6r",
    "6b": "remembers when it began, to find out how fast the counter is",
    "6c": "checks the function table's magic and order",
    "6d": "empty lists of free stacks",
    "6e": "reserves address space for the heap and its index, and hints where arenas go",
    "6f": "turns HWCAP into feature flags",
    "6g": "seeds the random generator with the kernel's 16 bytes",
    "6h": "keys for the hashes of maps, from the random generator",
    "6i": "m0 gets its number and the goroutine that signals are handled on",
    "6j": "the list of modules; its garbage collection masks",
    "6k": "types that several modules share: nothing to do for one",
    "6l": "itabs that the linker made go into the table",
    "6m": "os.Args",
    "6n": "the environment as strings",
    "6o": "GODEBUG and GOTRACEBACK",
    "6p": "opens /dev/null for each of descriptors 0 to 2 that is closed",
    "6q": "pace and limits of the collector; GOGC and GOMEMLIMIT; no worker yet",
    "6r": "as many Ps as GOMAXPROCS; m0 takes the first",
    "7": "a goroutine that will run runtime.main",
    "8": "m0 becomes a thread that schedules",
    "8a": "signal stack and mask of this thread",
    "8b": "a handler for every signal that may have one",
    "9": "m0 looks for a goroutine and finds the one there is",
    "10": "on a goroutine of its own from here on",
    "10a": "clone: a thread for the monitor",
    "10b": "the monitor begins, on its thread",
    "10c": "inits of package runtime",
    "10d": "starts sweeper and scavenger, then the inits of all packages",
    "11": "yours",
    "12": "exit_group",
}


def escape(text):
    return text.replace("|", "\\|")


def load(path):
    with open(path) as file:
        return json.load(file)


def row(cells):
    print("| " + " | ".join(cells) + " |")


def main():
    traces = [load(path) for path in sys.argv[1:]]
    names = [t["go_version"].removeprefix("go") for t in traces]
    newest = traces[-1]
    print("# How a Go program comes up\n")
    print("Made by `make docs-init` from runs of a hello (tests/gobin/programs/hello) in a machine whose clock counts instructions: "
          "a microsecond is 1,000 of them, the kernel's part included. `mazboot trace PROGRAM` shows the same of any program.\n")
    print("![How Go " + names[-1] + " comes up](init.svg)\n")
    print("## The steps, in the order of Go " + names[-1] + "\n")
    row(["step", "what happens"])
    row(["---", "---"])
    for step in newest["steps"]:
        row([step["id"] + " " + escape(step["phase"]) + ", `" + step["function"] + "`", WHAT.get(step["id"], "")])
    print("\n## How long each takes, by version of Go\n")
    print("In microseconds; a dash: not in that version, or part of its caller there.\n")
    ids = []
    for t in traces:
        for step in t["steps"]:
            if step["id"] not in ids:
                ids.append(step["id"])
    order = list(WHAT)
    ids.sort(key=lambda i: order.index(i) if i in order else len(order))
    row(["step"] + names)
    row(["---"] + ["---:"] * len(names))
    phases = {s["id"]: s["phase"] for t in traces for s in t["steps"]}
    for i in ids:
        cells = []
        for t in traces:
            found = [s for s in t["steps"] if s["id"] == i]
            cells.append("%.1f" % (found[0]["takes_ns"] / 1000) if found and i not in ("11", "12") else "✓" if found else "–")
        row([i + " " + escape(phases[i])] + cells)
    mains = [[s for s in t["steps"] if s["id"] == "11"][0] for t in traces]
    row(["until main.main"] + ["%.1f" % (m["at_ns"] / 1000) for m in mains])
    row(["faults until then"] + [str(m["faults"]) for m in mains])
    row(["system calls until then"] + [str(m["syscalls"]) for m in mains])
    print("\n## In which order\n")
    for name, t in zip(names, traces):
        print("- **" + name + "**: " + " → ".join(s["id"] for s in t["steps"]))
    print("\n## What was checked\n")
    print("Each step leaves something behind that has to be there at the next. The values are those of Go " + names[-1] + ".\n")
    row(["item", "check"] + names + ["value"])
    row(["---", "---"] + ["---"] * len(names) + ["---"])
    short = {"PASS": "✓", "FAIL": "**FAIL**", "not observable": "–"}
    for k, check in enumerate(newest["checks"]):
        row([check["item"], escape(check["title"])] + [short[t["checks"][k]["verdict"]] for t in traces] + [escape(check["values"])])
    print("\n## What is often told otherwise\n")
    print("""- Signal handlers are installed by the first thread as it starts to schedule (8b), not by the scheduler's initialisation.
- There is no initialisation of thread-local storage in a program without C: the goroutine is in a register, x28.
- `inittrace` is a setting of GODEBUG that times package inits; execution tracing has no init.
- osinit reads no /proc/cpuinfo and sets up no epoll: it asks for the affinity mask, and the poller is made by the first file or timer that needs it.
- args parses no GODEBUG; that is 6o. GOMAXPROCS is read before 6r, GOGC and GOMEMLIMIT in 6q.
- The collector's workers come with the first collection.
- The monitor (10b) is a thread without a P, no goroutine.
- No C code runs.""")


main()
