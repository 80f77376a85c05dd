# Tests of the kernel's memory: pages, slabs, page tables, address spaces, program loading. The machine is tests/fake.
MEMORY_FAKE := -iquote tests/fake
$(call unit_test,page,tests/memory/page_test.c tests/fake/machine.c kernel/core/page.c kernel/core/slab.c,$(MEMORY_FAKE),-lpthread)
$(call unit_test,pgtable,tests/memory/pgtable_test.c tests/fake/machine.c kernel/arch/arm64/pgtable.c,$(MEMORY_FAKE))
