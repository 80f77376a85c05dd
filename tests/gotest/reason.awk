#!/usr/bin/awk -f
# SPDX-License-Identifier: Apache-2.0
# Reads the output of tests (-test.v) and prints "TEST needs WHAT" for those that failed for want of something the machine
# says it doesn't have: another process, a network.
/^=== (RUN|CONT|NAME)/ { split($3, parts, "/"); test = parts[1] }
/fork\/exec .*(function not implemented|operation not permitted)|^fork\/exec/ { if (!(test in needs)) needs[test] = "process" }
/(socket|listen|dial|lookup|connect).*(address family not supported|network is unreachable|function not implemented|no such host|server misbehaving|protocol not supported|operation not supported)|: (tcp|udp)[46]? is not supported|route ip.net: netlinkrib|both IPv4 and IPv6 are/ { if (!(test in needs)) needs[test] = "network" }
match($0, /--- (FAIL|SKIP): [^ \/]+ \(/) { failed[substr($0, RSTART + 10, RLENGTH - 12)] = 1 }
END { for (test in failed) if (test in needs) print test, "needs", needs[test] }
