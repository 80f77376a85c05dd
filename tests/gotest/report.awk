# SPDX-License-Identifier: Apache-2.0
# Markdown from three tab-separated inputs: what the tests said here, known reasons, what they said on Linux. go: its version; cpus: of the machine.
FNR == 1 { input++ }
input == 1 { ran[$1] = 1 }
input == 1 && $3 == "needs" { needs[$1, $2] = $4; next }
input == 1 { here[$1, $2] = $3; next }
input == 2 && $2 == "*" { package_needs[$1] = $3; next }
input == 2 { if (!(($1, $2) in needs)) needs[$1, $2] = $3; next }
{
    packages[$1] || order[++n] = $1
    packages[$1] = 1
    linux[$3]++
    if (!($1 in ran)) next
    compared[$3]++
    status = ($1, $2) in here ? here[$1, $2] : "none"
    now[status]++
    expected[$1] += $3 == "PASS"
    passed[$1] += $3 == "PASS" && status == "PASS"
    if ($3 == "PASS" && status != "PASS") {
        reason = ($1, $2) in needs ? needs[$1, $2] : status == "none" && $1 in package_needs ? package_needs[$1] : status == "HANG" ? "no end in time" : status == "none" ? "not reached" : tolower(status)
        because[reason]++
        lost[$1] = lost[$1] (lost[$1] == "" ? "" : ", ") $2 " (" reason ")"
    }
}
END {
    for (i = 1; i <= n; i++) tested += order[i] in ran
    printf "\n## %s, -smp %d\n\n%d of %d packages have been run.\n\n", go, cpus, tested, n
    print "| | passed | failed | skipped |\n|---|---|---|---|"
    printf "| Linux, all packages | %d | %d | %d |\n", linux["PASS"], linux["FAIL"], linux["SKIP"]
    printf "| Linux, these packages | %d | %d | %d |\n", compared["PASS"], compared["FAIL"], compared["SKIP"]
    printf "| here | %d | %d | %d |\n\n", now["PASS"], now["FAIL"] + now["HANG"] + now["CRASH"] + now["none"], now["SKIP"]
    print "Tests that pass on Linux and not here, by reason:"
    for (reason in because) { printf "%s %d %s", sep, because[reason], reason; sep = "," }
    print "\n\n| package | passed of those that pass on Linux | the others |\n|---|---|---|"
    for (i = 1; i <= n; i++)
        if (order[i] in ran && lost[order[i]] != "") printf "| %s | %d of %d | %s |\n", order[i], passed[order[i]], expected[order[i]], lost[order[i]]
    printf "\nAll pass in:"
    for (i = 1; i <= n; i++) if (order[i] in ran && lost[order[i]] == "") printf " %s", order[i]
    printf "\n"
    if (tested < n) {
        printf "\nNot run:"
        for (i = 1; i <= n; i++) if (!(order[i] in ran)) printf " %s", order[i]
        printf "\n"
    }
}
