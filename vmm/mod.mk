# The machines that the launcher starts, and what goes into them.
VMM_SRC := vmm/error.c vmm/blob.c vmm/program.c vmm/image.c vmm/frame.c vmm/relay.c vmm/process.c vmm/machine.c \
           vmm/qemu/args.c vmm/qemu/qemu.c
$(call host_lib,vmm,$(VMM_SRC))
