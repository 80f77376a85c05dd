# Every #include "..." goes to a folder that LAYERS lets this folder use. The first file is LAYERS.
# A line "folder/*.c:" there is for the folder's code, on top of what all its files may use.
function layer_of(path,    l, best) {
    best = ""
    for (l in may)
        if (index(path, l "/") == 1 && length(l) > length(best))
            best = l
    return best
}

FILENAME ~ /LAYERS$/ {
    if ($0 !~ /^#/ && NF >= 2) {
        l = $1
        sub(/:$/, "", l)
        list = " " substr($0, index($0, ":") + 1) " "
        gsub(/[ \t]+/, " ", list)
        if (sub(/\/\*\.c$/, "", l))
            code[l] = list
        else
            may[l] = list
    }
    next
}

FNR == 1 {
    from = layer_of(FILENAME)
    allowed = may[from] (FILENAME ~ /\.h$/ ? "" : code[from])
    if (from == "")
        print FILENAME ":1: its folder is not in LAYERS"
}

/^[ \t]*#[ \t]*include[ \t]*"/ && from != "" {
    split($0, word, "\"")
    target = word[2]
    to = layer_of(target)
    if (to == "")
        print FILENAME ":" FNR ": " target " is not a path from the root"
    else if (index(allowed, " " to " ") == 0 && index(allowed, " * ") == 0)
        print FILENAME ":" FNR ": " from " must not include " target " (LAYERS)"
}
