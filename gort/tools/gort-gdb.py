# SPDX-License-Identifier: Apache-2.0
"""gdb commands for programs with gort: `source gort-gdb.py`, then

    info goroutines          all goroutines, their states and where they are
    goroutine N bt           the stack of goroutine N (any gdb command in place of bt)
    goroutine all bt         the same for every one
"""
import gdb

STATES = {0: "idle", 1: "runnable", 2: "running", 3: "syscall", 4: "waiting", 6: "dead",
          8: "copystack", 9: "preempted"}
REASONS = {9: "select", 14: "chan receive", 15: "chan send", 18: "semacquire", 19: "sleep",
           20: "condvar wait", 23: "IO wait"}
GSCAN = 0x1000
COLOURS, COLOUR_BYTES = 8, 128
# Names of the registers that a gobuf keeps: stack pointer, pc, frame pointer.
REGISTERS = {"i386:x86-64": ("rsp", "rip", "rbp"), "aarch64": ("sp", "pc", "x29"),
             "riscv:rv64": ("sp", "pc", "s0")}


def slots():
    """Every goroutine that was ever started and hasn't ended, as a struct g."""
    arena = gdb.parse_and_eval("arena")
    hg = gdb.lookup_type("struct hg")
    base, stride = int(arena["base"]), int(arena["stride"])
    for i in range(int(arena["used"])):
        top = base + (i + 1) * stride - i % COLOURS * COLOUR_BYTES
        at = (top - hg.sizeof) & ~63
        g = gdb.Value(at).cast(hg.pointer()).dereference()["g"]
        if int(g["goid"]) and state(g) not in (0, 6):
            yield g


def state(g):
    return int(g["atomicstatus"]) & ~GSCAN


def function_at(pc):
    """The function that pc is in; for code inlined there, the one it was inlined into."""
    name, block = hex(pc), gdb.block_for_pc(pc)
    while block and not block.is_global and not block.is_static:
        if block.function:
            name = str(block.function)
        block = block.superblock
    return name


def describe(g):
    s = state(g)
    what = REASONS.get(int(g["waitreason"]), "waiting") if s == 4 else STATES.get(s, "?")
    name = g["name"].string() if int(g["name"]) else ""
    where = ""
    if s != 2:
        where = function_at(int(g["sched"]["pc"]))
    return "%6d  %-14s %-16s %s" % (int(g["goid"]), what, name, where)


def registers():
    arch = gdb.selected_frame().architecture().name()
    for prefix, names in REGISTERS.items():
        if arch.startswith(prefix):
            return names
    raise gdb.GdbError("goroutines of machine %s: unknown registers" % arch)


def thread_of(g):
    """The thread that runs g, by its stack pointer."""
    sp = registers()[0]
    lo, hi = int(g["stack_lo"]), int(g["stack_hi"])
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        frame = gdb.newest_frame()
        if lo <= int(frame.read_register(sp)) < hi:
            return thread
    return None


def with_goroutine(g, command):
    """Run command with the registers of g in place of the current thread's."""
    before = gdb.selected_thread()
    if state(g) == 2:
        if thread_of(g):
            gdb.execute(command)
        before.switch()
        return
    gdb.newest_frame().select()
    names = registers()
    saved = [int(gdb.parse_and_eval("$" + n)) for n in names]
    buf = g["sched"]
    try:
        for n, field in zip(names, ("sp", "pc", "bp")):
            gdb.execute("set $%s = %d" % (n, int(buf[field])))
        gdb.execute(command)
    finally:
        gdb.newest_frame().select()
        for n, v in zip(names, saved):
            gdb.execute("set $%s = %d" % (n, v))


class InfoGoroutines(gdb.Command):
    """List all goroutines."""

    def __init__(self):
        super().__init__("info goroutines", gdb.COMMAND_STACK)

    def invoke(self, arg, tty):
        for g in slots():
            gdb.write(describe(g) + "\n")


class Goroutine(gdb.Command):
    """goroutine N COMMAND, goroutine all COMMAND: run COMMAND on a goroutine's stack."""

    def __init__(self):
        super().__init__("goroutine", gdb.COMMAND_STACK)

    def invoke(self, arg, tty):
        which, _, command = arg.partition(" ")
        found = False
        for g in slots():
            if which == "all" or which == str(int(g["goid"])):
                found = True
                gdb.write("goroutine " + describe(g).strip() + "\n")
                with_goroutine(g, command or "bt")
        if not found:
            raise gdb.GdbError("no goroutine %s; see `info goroutines`" % which)


InfoGoroutines()
Goroutine()
