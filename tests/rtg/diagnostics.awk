# Compares the ERROR and WARNING comments of a source (first file) with a compiler's messages (second file).
FNR == NR {
    n = split($0, part, /\/\/ (ERROR|WARNING) /)
    for (i = 2; i <= n; i++) {
        sub(/[ \t]+$/, "", part[i])
        want[++wants] = part[i]
        line[wants] = FNR
    }
    next
}
index($0, file ":") == 1 {
    split(substr($0, length(file) + 2), place, ":")
    found = 0
    for (i = 1; i <= wants && !found; i++)
        if (!seen[i] && line[i] == place[1] && index($0, want[i])) {
            seen[i] = 1
            found = 1
        }
    if (!found) {
        print "unexpected: " $0
        bad = 1
    }
}
END {
    for (i = 1; i <= wants; i++)
        if (!seen[i]) {
            print file ":" line[i] ": missing: " want[i]
            bad = 1
        }
    exit bad
}
