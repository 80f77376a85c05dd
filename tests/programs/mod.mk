# The programs are built and run by scripts of their own, which know when a binary is out of date.
SCRIPT_TESTS += tests/programs/selftest.sh tests/programs/run.sh tests/programs/testprognet.sh tests/programs/idle.sh

STORM := storm,threads,pingpong,notify,timers,connections,c-pthread,c-signals,c-fpregs
.PHONY: test-storm test-programs test-programs-full test-programs-c
test-programs: all ## the Go programs of tests/programs on the machine, beside Linux
	@tests/programs/run.sh | tests/programs/sum.sh
test-programs-full: all ## every program N times (20 unless set), on 1, 2, 4 and 8 CPUs
	@tests/programs/run.sh -a -n $(or $(N),20) -t hello,runtime,heavy,c | tests/programs/sum.sh
test-storm: all ## what strains scheduler, futex and signals, N times (20 unless set), on 1, 2, 4 and 8 CPUs, with random preemption
	@for seed in $$(seq $(or $(N),20)); do PERTURB=$$seed tests/programs/run.sh -a -c $(STORM); done | tests/programs/sum.sh
test-programs-c: all ## the static C programs
	@tests/programs/run.sh -t c | tests/programs/sum.sh

.PHONY: test-testprog
test-testprog: all ## Go's own crash, scheduler and signal programs (runtime/testdata/testprog), beside Linux
	@tests/programs/testprog.sh | tests/programs/sum.sh
