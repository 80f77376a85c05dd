# The machines that the launcher starts, and what goes into them.
VMM_SRC := lib/elf.c vmm/error.c vmm/blob.c vmm/archive.c vmm/root.c vmm/program.c vmm/image.c vmm/kernel_info.c vmm/frame.c vmm/relay.c vmm/process.c vmm/machine.c vmm/gdb.c vmm/debug.c vmm/debug_memory.c \
           vmm/address.c vmm/tap.c vmm/port.c vmm/qemu/args.c vmm/qemu/command.c vmm/qemu/net.c vmm/qemu/qemu.c
$(call host_lib,vmm,$(VMM_SRC))

$(call unit_test,vmm-program,tests/vmm/program_test.c vmm/program.c vmm/error.c lib/elf.c)
$(call unit_test,vmm-image,tests/vmm/image_test.c vmm/image.c vmm/error.c)
$(call unit_test,vmm-kernel-info,tests/vmm/kernel_info_test.c vmm/kernel_info.c)
$(call unit_test,vmm-frame,tests/vmm/frame_test.c vmm/frame.c vmm/error.c)
$(call unit_test,vmm-relay,tests/vmm/relay_test.c vmm/relay.c vmm/frame.c vmm/error.c)
$(call unit_test,vmm-address,tests/vmm/address_test.c vmm/address.c)
$(call unit_test,vmm-args,tests/vmm/args_test.c vmm/qemu/args.c)
$(call fuzz_test,vmm-program,tests/vmm/program_fuzz.c vmm/program.c vmm/error.c lib/elf.c,)
$(call fuzz_test,vmm-frame,tests/vmm/frame_fuzz.c vmm/frame.c vmm/error.c,)
$(call fuzz_test,vmm-gdb,tests/vmm/gdb_fuzz.c vmm/debug_memory.c vmm/error.c,tests/vmm/corpus/gdb)
