# Tests of lib/. The functions of str.c get other names, so that the test can compare them with libc's.
STR_RENAMED := $(foreach f,memmove memcmp memchr strlen strnlen strcmp strncmp strchr strrchr,-D$f=ours_$f)
CFLAGS_test/str.d_lib/str.c := $(STR_RENAMED) -U_FORTIFY_SOURCE -Wno-missing-prototypes
$(call unit_test,str,tests/lib/str_test.c tests/fake/machine.c lib/str.c lib/fmt.c,-iquote tests/fake)
$(call unit_test,rbtree,tests/lib/rbtree_test.c tests/fake/machine.c lib/rbtree.c,-iquote tests/fake)
$(call unit_test,chacha20,tests/lib/chacha20_test.c lib/chacha20.c)
$(call unit_test,fdt,tests/lib/fdt_test.c tests/fake/machine.c lib/fdt.c,-iquote tests/fake)
$(call fuzz_test,fdt,tests/lib/fdt_fuzz.c lib/fdt.c,tests/lib/corpus/fdt)
$(call fuzz_test,elf,tests/lib/elf_fuzz.c lib/elf.c,tests/lib/corpus/elf)

$(B)/test/static.elf: tests/lib/static.c
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(FREE_CFLAGS) $(ARM64_CFLAGS) $(ARM64_LDFLAGS) -o $@ $<
$(call unit_test,elf,tests/lib/elf_test.c lib/elf.c,-DTEST_STATIC_PROGRAM=\"$(B)/test/static.elf\",-lelf)
$(B)/test/elf: | $(B)/test/static.elf
