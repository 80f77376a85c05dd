# The command ./mazboot. Subcommands add their file here and their row in cmd/main.c.
CMD_LIBS := vmm gobin
CMD_SRC := cmd/main.c cmd/version.c cmd/completion.c cmd/options.c cmd/quantity.c cmd/strings.c cmd/kernel_files.c cmd/kernel_choice.c \
           cmd/gobuild.c cmd/net_spec.c cmd/network.c cmd/certificates.c cmd/guest_path.c cmd/guest.c cmd/volumes.c cmd/run_options.c cmd/run.c cmd/gotest.c cmd/trace_json.c cmd/inject.c cmd/caller.c abi/syscall_words.c lib/fmt.c cmd/thread_view.c cmd/strace_file.c cmd/unknown_calls.c cmd/telling.c cmd/terminal.c cmd/trace_file.c cmd/stats.c cmd/build.c
CMD_SRC += cmd/inspect.c cmd/inspect/report.c cmd/inspect/text.c cmd/inspect/json.c cmd/inspect/svg.c cmd/inspect/treemap.c
CMD_SRC += cmd/trace.c cmd/trace/plan.c cmd/trace/checks.c cmd/trace/judge.c cmd/trace/text.c cmd/trace/json.c cmd/trace/svg.c
CMD_SRC += cmd/registry.c cmd/goroutines.c cmd/goroutines_print.c cmd/ps.c cmd/json_text.c cmd/svg_text.c
CMD_SRC += cmd/wb.c cmd/wb/list.c cmd/wb/explain.c cmd/wb/patch.c cmd/wb/verify.c cmd/wb/emulate.c cmd/wb/outcome.c cmd/wb/ram.c
$(call host_prog,mazboot,$(CMD_SRC),$(CMD_LIBS),,$(GOBIN_LDLIBS) -ljansson)

$(call unit_test,cmd-quantity,tests/cmd/quantity_test.c cmd/quantity.c)
$(call unit_test,cmd-options,tests/cmd/options_test.c cmd/options.c vmm/error.c)
$(call unit_test,cmd-net-spec,tests/cmd/net_spec_test.c cmd/net_spec.c cmd/quantity.c vmm/address.c vmm/tap.c vmm/error.c)
$(call fuzz_test,cmd-net-spec,tests/cmd/net_spec_fuzz.c cmd/net_spec.c cmd/quantity.c vmm/address.c vmm/tap.c vmm/error.c,tests/cmd/corpus/net_spec)
$(call unit_test,cmd-guest-path,tests/cmd/guest_path_test.c cmd/guest_path.c)
$(call unit_test,cmd-strings,tests/cmd/strings_test.c cmd/strings.c)
$(call unit_test,cmd-svg-text,tests/cmd/svg_text_test.c cmd/svg_text.c)

$(call fuzz_test,cmd-probes,tests/cmd/trace_fuzz.c cmd/json_text.c cmd/svg_text.c $(addprefix cmd/trace/,plan.c checks.c judge.c text.c json.c svg.c) $(GOBIN_SOURCES) vmm/error.c,tests/cmd/corpus/probes,,$(GOBIN_LDLIBS) -ljansson)
$(call fuzz_test,cmd-trace,tests/cmd/trace_json_fuzz.c cmd/trace_json.c vmm/error.c,tests/cmd/corpus/trace,,-ljansson)

include tests/cli/mod.mk tests/services/mod.mk
