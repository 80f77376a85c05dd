include bench/empty/mod.mk

$(call host_prog,$(B)/bench/measure,bench/measure.c,)

.PHONY: bench-boot bench-syscalls bench-parallel bench-net bench-queues bench-linux-minimal
bench-boot: all $(B)/bench/empty.img $(B)/bench/empty-user $(B)/tools/insncount.so ## boot to hello, here and on Linux: instructions, time, memory
	@bench/linux/fetch-debian.sh
	@bench/boot.sh
bench-syscalls: all ## instructions per system call, fault and thread switch, here and on Linux
	@bench/linux/fetch-debian.sh
	@bench/compare.sh syscalls
bench-parallel: all ## time of work on four CPUs, here and on Linux
	@bench/linux/fetch-debian.sh
	@bench/compare.sh parallel
bench-net: all $(B)/bench/empty.img $(B)/tools/insncount.so ## an HTTP server and a TCP loopback, here and on Linux; some 20 minutes
	@bench/linux/fetch-debian.sh
	@bench/net/run.sh
bench-queues: all $(B)/tools/insncount.so ## an HTTP server on a tap with one queue and on one with several
	@bench/net/queues.sh
bench-linux-minimal: ## build the smallest useful Linux to compare with, some minutes
	@bench/linux/build-minimal.sh $(shell nproc)
