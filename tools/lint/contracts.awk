# A function that a header offers has its contract above it. One comment may cover a group without a blank line in it.
# Names that mean the same everywhere need none: init, get and put (references), first, last, next and prev (walks).
FNR == 1 { covered = 0; inside = 0; braces = 0 }

/^[ \t]*$/ { if (!inside) covered = 0 }
/\/\*|\/\// { covered = 1 }
/\/\*/ { inside = 1 }
/\*\// { inside = 0 }

!inside && braces == 0 && /^[a-zA-Z_][a-zA-Z0-9_ *]*[ *][a-zA-Z_][a-zA-Z0-9_]*\(/ && !/^(static |typedef|return|else|_Static_assert|struct [a-z_]+ \{)/ && !covered {
    name = $0
    sub(/\(.*/, "", name)
    sub(/.*[ *]/, "", name)
    if (name !~ /_(init|get|put|first|last|next|prev)$/)
        print FILENAME ":" FNR ": " name " has no contract above it"
}
{
    line = $0
    braces += gsub(/\{/, "", line)
    braces -= gsub(/\}/, "", line)
}
