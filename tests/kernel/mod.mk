# Parts of the Linux personality that run on the host, and what a broken kernel says.
$(call unit_test,sigqueue,tests/kernel/sigqueue_test.c kernel/linux/sigqueue.c)
$(call fuzz_test,probe_list,tests/kernel/probe_list_fuzz.c kernel/linux/probe_list.c,tests/kernel/corpus/probes)
SCRIPT_TESTS += tests/kernel/crash.sh tests/kernel/docs.sh tests/kernel/unknown.sh tests/kernel/random.sh tests/kernel/images.sh tests/kernel/trace.sh tests/kernel/threads.sh tests/kernel/inject.sh tests/kernel/process.sh tests/kernel/quota.sh tests/kernel/strace.sh
