# SPDX-License-Identifier: Apache-2.0
# What machine_facts ought to print for a tree that dtc has written out as source, sorted the same way. Root cells are 2 and 2.
function number(s,    i, n) { # 0x..., since not every awk reads it
    s = tolower(s)
    sub(/^0x/, "", s)
    for (i = 1; i <= length(s); i++) n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
    return n
}
function hex(n,    s) { # any number of digits, since printf may stop at 32 bits
    do { s = substr("0123456789abcdef", n % 16 + 1, 1) s; n = int(n / 16) } while (n > 0)
    return s
}
function cells(value, out,    n, i, text) {
    gsub(/^<|>$/, "", value)
    n = split(value, text, " ")
    for (i = 1; i <= n; i++) out[i] = number(text[i])
    return n
}
function pair(c, i) { return hex(c[i] * 4294967296 + c[i + 1]) }
function has(s) { return ("\\0" compatible "\\0") ~ ("\\\\0" s "\\\\0") }
function strip(s) { gsub(/^"|"$/, "", s); return s }
function add_memory(start, size) { memory[++memories] = start; memory_end[memories] = start + size }
function print_memory(    i, j, t) { # sorted, neighbours as one
    for (i = 1; i <= memories; i++)
        for (j = 1; j < memories; j++)
            if (memory[j] > memory[j + 1]) {
                t = memory[j]; memory[j] = memory[j + 1]; memory[j + 1] = t
                t = memory_end[j]; memory_end[j] = memory_end[j + 1]; memory_end[j + 1] = t
            }
    for (i = 1; i <= memories; i = j) {
        t = memory_end[i]
        for (j = i + 1; j <= memories && memory[j] == t; j++) t = memory_end[j]
        print "ram " hex(memory[i]) " " hex(t - memory[i])
    }
}
function close_node(    c, n, i, m) {
    compatible = strip(prop["compatible"])
    if (prop["status"] != "" && prop["status"] != "\"okay\"") return
    n = cells(prop["reg"], c)
    m = cells(prop["interrupts"], irq)
    if (prop["device_type"] == "\"memory\"")
        for (i = 1; i + 3 <= n; i += 4) add_memory(c[i] * 4294967296 + c[i + 1], c[i + 2] * 4294967296 + c[i + 3])
    else if (prop["device_type"] == "\"cpu\"")
        print "cpu " (n == 2 ? pair(c, 1) : hex(c[1])) (prop["enable-method"] == "\"psci\"" ? " psci" : "")
    else if (path[depth - 1] == "reserved-memory")
        for (i = 1; i + 3 <= n; i += 4) print "reserved " pair(c, i) " " pair(c, i + 2)
    else if (has("virtio,mmio")) print "virtio " pair(c, 1) " " irq[2] + 32
    else if (has("arm,pl011")) { print "uart " pair(c, 1) " " pair(c, 3); print "uart irq " irq[2] + 32 }
    else if (has("arm,pl031")) print "rtc " pair(c, 1) " " pair(c, 3)
    else if (has("arm,armv8-timer")) print "timer irq " irq[8] + 16
    else if (has("arm,psci-0.2")) conduit = strip(prop["method"])
    else if (has("arm,cortex-a15-gic")) {
        print "gic 2"; print "dist " pair(c, 1) " " pair(c, 3); print "gicc " pair(c, 5) " " pair(c, 7)
    } else if (has("arm,gic-v3")) {
        print "gic 3"; print "dist " pair(c, 1) " " pair(c, 3)
        for (i = 5; i + 3 <= n; i += 4) print "redist " pair(c, i) " " pair(c, i + 2)
    } else if (path[depth] == "chosen") {
        bootargs = strip(prop["bootargs"])
        n = cells(prop["rng-seed"], c)
        for (i = 1; i <= n; i++) seed = seed substr("0000000" hex(c[i]), length(hex(c[i])))
        if (prop["linux,initrd-start"] != "") {
            n = cells(prop["linux,initrd-start"], c); m = cells(prop["linux,initrd-end"], irq)
            start = n == 2 ? c[1] * 4294967296 + c[2] : c[1]; end = m == 2 ? irq[1] * 4294967296 + irq[2] : irq[1]
            print "initrd " hex(start) " " hex(end)
            print "reserved " hex(start) " " hex(end - start)
        }
    }
}
/^\/memreserve\// { gsub(/;/, ""); print "reserved " hex(number($2)) " " hex(number($3)) }
/\{$/ { if (depth) close_open(); name = $1; sub(/@.*/, "", name); path[++depth] = name; delete prop; open = 1; next }
/^[ \t]*\};$/ { if (open) { close_node(); open = 0 } depth--; next }
/ = / { line = $0; sub(/^[ \t]+/, "", line); key = line; sub(/ = .*/, "", key); sub(/^[^=]* = /, "", line); sub(/;$/, "", line); prop[key] = line }
function close_open() { if (open) { close_node(); open = 0 } }
END {
    print_memory()
    print "conduit " (conduit ? conduit : "none")
    print "bootargs " bootargs
    print "seed " seed
    print "ignored 0"
}
