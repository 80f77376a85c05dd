# rtg beside C compilers.
$(call host_prog,build/bench/rtg-compile,bench/rtg/compile.c,rtgc)

.PHONY: bench-rtg
bench-rtg: rtg build/bench/rtg-compile build/tools/insncount.so ## rtg beside gcc -O0, -O1, -Os and tcc: size, instructions, compile time
	@bench/rtg/run.sh
