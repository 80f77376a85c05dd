# Tests of lib/. The functions of str.c get other names, so that the test can compare them with libc's.
STR_RENAMED := $(foreach f,memmove memcmp memchr strlen strnlen strcmp strncmp strchr strrchr,-D$f=ours_$f)
CFLAGS_test/str.d_lib/str.c := $(STR_RENAMED) -U_FORTIFY_SOURCE -Wno-missing-prototypes
$(call unit_test,str,tests/lib/str_test.c tests/fake/machine.c lib/str.c lib/fmt.c,-iquote tests/fake)
$(call unit_test,rbtree,tests/lib/rbtree_test.c tests/fake/machine.c lib/rbtree.c,-iquote tests/fake)
$(call unit_test,chacha20,tests/lib/chacha20_test.c lib/chacha20.c)
