# The command ./mazboot. Subcommands add their file here and their row in cmd/main.c.
CMD_LIBS := vmm
CMD_SRC := cmd/main.c cmd/version.c cmd/completion.c cmd/options.c cmd/quantity.c cmd/strings.c cmd/kernel_files.c \
           cmd/gobuild.c cmd/guest.c cmd/run_options.c cmd/run.c cmd/stats.c cmd/build.c
$(call host_prog,mazboot,$(CMD_SRC),$(CMD_LIBS))
