# Tests of the kernel's memory: pages, slabs, page tables, address spaces, program loading. The machine is tests/fake.
MEMORY_FAKE := -iquote tests/fake
$(call unit_test,page,tests/memory/page_test.c tests/fake/machine.c kernel/core/page.c kernel/core/slab.c,$(MEMORY_FAKE),-lpthread)
$(call unit_test,pgtable,tests/memory/pgtable_test.c tests/fake/machine.c kernel/arch/arm64/pgtable.c kernel/arch/arm64/pgtable_change.c,$(MEMORY_FAKE))
MEMORY_SRCS := tests/fake/machine.c tests/fake/no_tlb.c kernel/arch/arm64/pgtable.c kernel/arch/arm64/pgtable_change.c lib/rbtree.c lib/fmt.c \
               $(addprefix kernel/core/,page.c slab.c region.c vmobj.c aspace.c aspace_fault.c aspace_advise.c aspace_info.c aspace_remap.c aspace_check.c)
$(call unit_test,aspace,tests/memory/aspace_test.c $(MEMORY_SRCS),$(MEMORY_FAKE),-lpthread)
$(call unit_test,aspace_fork,tests/memory/fork_test.c $(MEMORY_SRCS) kernel/core/aspace_fork.c,$(MEMORY_FAKE))
$(call unit_test,exec,tests/memory/exec_test.c $(MEMORY_SRCS) lib/elf.c kernel/linux/exec.c kernel/linux/exec_stack.c,$(MEMORY_FAKE))
