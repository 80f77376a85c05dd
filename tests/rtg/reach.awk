# Prints IR whose branches and jumps go just as far as their short forms reach, a little less and a little more, forwards and back: a
# store takes 2 bytes of riscv64's code, 4 of the others'.
function stores(n, i) {
    for (i = 0; i < n; i++)
        print "\tstore.64 %0, %1, [8]"
}
function over(n) {
    printf "func $over%d %%0 %%1 result {\n@0\n\tbr.eq %%1, 0 @1 @2\n@1\n\tstore.64 %%0, 1\n\tjmp @3\n@2\n", n
    stores(n)
    print "\tjmp @3\n@3\n\tret %1\n}"
}
function back(n) {
    printf "func $back%d %%0 %%1 result {\n@0\n\tjmp @1\n@1\n", n
    stores(n)
    print "\tbr.ne %1, 0 @1 @2\n@2\n\tbr.ge %1, 7 @1 @3\n@3\n\tret %1\n}"
}
BEGIN {
    split("26 120 1016 2040", first)
    print "entry $main\nfunc $main result {\n@0"
    for (f = 1; f <= 4; f++)
        for (n = first[f]; n < first[f] + 12; n++)
            printf "\t%%0 = call $over%d, 0, 0\n\t%%0 = call $back%d, 0, 0\n", n, n
    print "\tret %0\n}"
    for (f = 1; f <= 4; f++)
        for (n = first[f]; n < first[f] + 12; n++) {
            over(n)
            back(n)
        }
}
