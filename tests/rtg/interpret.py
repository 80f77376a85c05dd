#!/usr/bin/env python3
"""Runs the text form of the IR (docs/RTG.md): a third oracle, which shares nothing with the compiler, not even the reader.
Memory that nobody has written holds garbage. Of Linux there are write, exit and exit_group; other calls give ENOSYS.
    interpret.py FILE ARCH"""
import re
import struct
import sys

MASK = (1 << 64) - 1
GARBAGE = 0xA5A5A5A5A5A5A5A5
STACK = 4 << 20
CALLS = {"amd64": {1: "write", 60: "exit", 231: "exit"}, "arm64": {64: "write", 93: "exit", 94: "exit"}}
CALLS["riscv64"] = CALLS["arm64"]
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s,]+')
memory = bytearray()
symbols, functions = {}, {}
stack = [0]


class Exit(Exception):
    pass


def signed(v):
    return v - (1 << 64) if v >> 63 else v


def divide(a, b, remainder):
    if b == 0:
        return a if remainder else 0
    q = abs(a) // abs(b)
    q = -q if (a < 0) != (b < 0) else q
    return a - q * b if remainder else q


def load(at, size):
    if at < 4096 or at + size > len(memory):
        raise IndexError("load at %x" % at)
    return int.from_bytes(memory[at:at + size], "little")


def store(at, size, v):
    if at < 4096 or at + size > len(memory):
        raise IndexError("store at %x" % at)
    memory[at:at + size] = (v & ((1 << 8 * size) - 1)).to_bytes(size, "little")


def clear(at, n):
    memory[at:at + n] = bytes(n)


def system(number, *args):
    call = CALLS[sys.argv[2]].get(number)
    if call == "exit":
        raise Exit(args[0] & 255)
    if call != "write":
        return -38 & MASK
    sys.stdout.buffer.write(memory[args[1]:args[1] + args[2]])
    return args[2]


def call(name, *args):
    params, blocks, first, ntemps, slots, frame = functions[name]
    temps = [GARBAGE] * ntemps
    for p, v in zip(params, args):
        temps[p] = v
    stack[0] -= frame
    if stack[0] < len(memory) - STACK:
        raise IndexError("the stack is full")
    base = stack[0]
    memory[base:base + frame] = b"\xa5" * frame
    at = first
    while True:
        at = blocks[at](temps, [base + s for s in slots])
        if isinstance(at, tuple):
            stack[0] += frame
            return at[0] & MASK


def call_at(address):
    return call(next(name for name, at in symbols.items() if at == address and name in functions))


CONDITIONS = {"eq": "==", "ne": "!=", "lt": "<", "ge": ">=", "gt": ">", "le": "<="}
ARITHMETIC = {
    "mov": "{0}", "add": "{0} + {1}", "sub": "{0} - {1}", "mul": "{0} * {1}", "and": "{0} & {1}", "or": "{0} | {1}", "xor": "{0} ^ {1}",
    "div": "divide(signed({0}), signed({1}), False)", "rem": "divide(signed({0}), signed({1}), True)",
    "udiv": "divide({0}, {1}, False)", "urem": "divide({0}, {1}, True)",
    "shl": "({0} << {1} if {1} < 64 else 0)", "shr": "{0} >> {1}", "sar": "signed({0}) >> {1}",
    "zx": "{0} & ((1 << {bits}) - 1)", "sx": "(({0} & ((1 << {bits}) - 1)) ^ (1 << {bits} - 1)) - (1 << {bits} - 1)",
    "load": "load({0} + {disp} & MASK, {bits} // 8)", "calli": "call_at({0})",
}
EFFECTS = {"store": "store({0} + {disp} & MASK, {bits} // 8, {1})", "zero": "clear({0}, {disp})", "isb": "pass", "fence": "pass", "flush": "pass"}


def operand(text):
    if text.startswith("%"):
        return "t[%s]" % text[1:].split(".")[-1]
    if text.startswith("&"):
        n, sign, offset = re.match(r"&(\d+)([+-]?)(\d*)$", text).groups()
        return "(s[%s] %s %s)" % (n, sign or "+", offset or 0)
    if text.startswith("$"):
        name, offset = re.match(r"\$(.*?)([+-]\d+)?$", text).groups()
        return str(symbols[name] + int(offset or 0) & MASK)
    return str(int(text) & MASK)


def condition(cc, a, b):
    if cc in ("eq", "ne"):
        return "%s %s %s" % (a, CONDITIONS[cc], b)
    if cc.startswith("u"):
        return "%s %s %s" % (a, CONDITIONS[cc[1:]], b)
    return "signed(%s) %s signed(%s)" % (a, CONDITIONS[cc], b)


def instruction(words):
    target = ""
    if len(words) > 1 and words[1] == "=":
        target, words = operand(words[0]) + " = ", words[2:]
    op, _, suffix = words[0].partition(".")
    disp = next((w[1:-1] for w in words if w.startswith("[")), "0")
    words = [w for w in words[1:] if not w.startswith("[")]
    if op == "jmp":
        return "return " + words[0][1:]
    if op == "br":
        a, b = operand(words[0]), operand(words[1])
        return "return %s if %s else %s" % (words[2][1:], condition(suffix, a, b), words[3][1:])
    if op == "ret":
        return "return (%s,)" % ("0" if words[0] == "_" else operand(words[0]))
    if op == "stop":
        return "raise IndexError('stop was reached')"
    if op == "call":
        return "%scall(%r%s)" % (target, words[0][1:], "".join(", " + operand(w) for w in words[1:]))
    args = [operand(w) for w in words]
    if op == "syscall":
        return "%ssystem(%s)" % (target, ", ".join(args))
    if op == "set":
        return "%sint(%s)" % (target, condition(suffix, *args))
    if op in EFFECTS:
        return EFFECTS[op].format(*args, bits=suffix, disp=disp)
    return "%s(%s) & MASK" % (target, ARITHMETIC[op].format(*args, bits=suffix, disp=disp))


def function(head, lines):
    params = [int(w[1:].split(".")[-1]) for w in head if w.startswith("%")]
    blocks, slots, frame, first, source = {}, [], 0, None, []
    ntemps = 1 + max([int(n) for line in lines for n in re.findall(r"%(?:[^\s,%]*\.)?(\d+)(?=[\s,]|$)", line)], default=0)
    for line in lines:
        words = TOKEN.findall(line.split("#")[0])
        if not words:
            continue
        if words[0] == "slot":
            align = int(words[4])
            frame = (frame + align - 1) // align * align
            slots.append(frame)
            frame += int(words[2])
        elif words[0].startswith("@"):
            first = int(words[0][1:]) if first is None else first
            source.append("def b%s(t, s):" % words[0][1:])
        else:
            source.append("    " + instruction(words))
    exec("\n".join(source), globals(), blocks)  # the program's own text, made just now
    frame = (frame + 15) // 16 * 16
    return params, {int(name[1:]): f for name, f in blocks.items()}, first, max([ntemps] + [p + 1 for p in params]), slots, frame


def place(size, align):
    memory.extend(bytes(-len(memory) % align))
    at = len(memory)
    memory.extend(bytes(size))
    return at


def unquote(text):
    return text[1:-1].encode("latin-1").decode("unicode_escape").encode("latin-1")


def read(text):
    """Symbols first, since functions name them; then the functions. Returns the entry's name."""
    entry, bodies, words_of_data, current = None, [], [], None
    memory.extend(bytes(65536))
    for line in text.splitlines():
        words = TOKEN.findall(line) if current is None else []
        if current is not None:
            if line == "}":
                current = None
            else:
                current.append(line)
        elif not words or words[0].startswith("#"):
            continue
        elif words[0] == "entry":
            entry = words[1][1:]
        elif words[0] == "data":
            data = unquote(words[4])
            symbols[words[1][1:]] = at = place(len(data), int(words[3]))
            memory[at:at + len(data)] = data
            words_of_data += [(at + int(w.split(":$")[0]), w.split(":$")[1]) for w in words[5:]]
        elif words[0] == "bss":
            symbols[words[1][1:]] = place(int(words[2]), int(words[4]))
        elif words[0] == "func":
            current = []
            symbols[words[1][1:]] = place(16, 16)
            bodies.append((words, current))
    for at, name in words_of_data:
        memory[at:at + 8] = struct.pack("<Q", symbols[name])
    place(STACK, 16)
    stack[0] = len(memory) // 16 * 16
    for head, lines in bodies:
        functions[head[1][1:]] = function(head[2:], lines)
    return entry


def main():
    sys.setrecursionlimit(20000)
    with open(sys.argv[1], encoding="latin-1") as f:
        entry = read(f.read())
    try:
        status = call(entry) & 255
    except Exit as e:
        status = e.args[0]
    sys.stdout.flush()
    sys.exit(status)


main()
