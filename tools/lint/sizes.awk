# Functions of more than 60 lines, from the opening brace in column 1 to the closing one, and files of more than 1,000.
function end_of_file() {
    if (last > 1000)
        print file ":" last ": " last " lines; a file of more than 1000 owns more than one noun"
}

FNR == 1 {
    end_of_file()
    file = FILENAME
    depth = 0
}
{ last = FNR }

/^[a-zA-Z_].*\(/ && !/;[ \t]*$/ {
    signature = $0
    sub(/\(.*/, "", signature)
    sub(/.*[ *]/, "", signature)
}
/^\{/ { start = FNR; name = signature }
/^\}/ && start {
    if (FNR - start + 1 > 60)
        print FILENAME ":" start ": " name " has " FNR - start + 1 " lines; more than 60 do more than one thing"
    start = 0
}

END { end_of_file() }
