# Prints a program whose branches have far to go: a loop and an if around lines enough for 5, 40 and more KiB of code.
BEGIN {
    print "package main\n\nimport \"rtg/runtime\"\n"
    for (f = 0; f < 2; f++) {
        printf "func far%d(n int64) int64 {\n\tx := n\n\tfor i := int64(0); i < 3; i++ {\n\t\tif x&1 == 0 {\n", f
        for (k = 0; k < (f ? 4000 : 300); k++)
            printf "\t\t\tx = x*%d + n ^ %d\n", 3 + 2 * (k % 50), k * 7919 % 100000
        print "\t\t}\n\t\tx++\n\t\tif x > 0 {\n\t\t\tcontinue\n\t\t}\n\t\tx ^= 1\n\t}\n\treturn x\n}\n"
    }
    print "func main() {\n\truntime.Printf(\"%d %d %d\\n\", far0(2), far0(3), far0(-4))\n\truntime.Printf(\"%d %d\\n\", far1(2), far1(5))\n}"
}
