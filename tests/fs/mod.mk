# Files against Linux. `make test` tries some random sequences; FS_SEEDS=2000 build/test/files tries more, FS_SEED=n one.
FS_TEST_SRCS := $(addprefix tests/fs/,fakes.c kernel_api.c host_api.c names.c script.c compare.c) kernel/core/vmobj.c kernel/linux/timespec.c lib/fmt.c \
    $(filter-out kernel/linux/sigwait.c,$(FS_SRCS))
$(call unit_test,files,tests/fs/files_test.c tests/fs/random_files.c tests/fs/random_streams.c tests/fs/random_sockets.c $(FS_TEST_SRCS),-iquote tests/fake,-lpthread)
# A volume whose server is slow, and one whose server says anything.
$(call unit_test,p9-flush,tests/fs/p9_flush_test.c tests/fs/fakes.c kernel/fs/p9_call.c,-iquote tests/fake,-lpthread)
$(call fuzz_test,p9_fuzz,tests/fs/p9_fuzz.c $(FS_TEST_SRCS) $(filter kernel/fs/%,$(P9_SRCS)),tests/fs/corpus/p9,-iquote tests/fake,-lpthread)
