#!/usr/bin/env bash
# Reads "header included-header" lines; names the headers that include each other in a circle.
tsort 2>&1 >/dev/null | awk '
    /input contains a loop/ { loop++; next }
    { sub(/^tsort: /, ""); member[loop] = member[loop] (member[loop] == "" ? "" : " ") $0 }
    END { for (i = 1; i <= loop; i++) { split(member[i], m, " "); print m[1] ":1: headers include each other: " member[i] } }'
