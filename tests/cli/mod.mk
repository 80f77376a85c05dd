# The command as a user meets it, over a stand-in for QEMU.
$(B)/test/fake_qemu: tests/cli/fake_qemu.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) -std=gnu11 -O1 -g -D_GNU_SOURCE $(WARN) -o $@ $<

test: $(B)/test/fake_qemu
SCRIPT_TESTS += tests/cli/wrong_inputs.sh tests/cli/run.sh tests/cli/signals.sh tests/cli/build.sh tests/cli/root.sh tests/cli/volume.sh tests/cli/net.sh tests/cli/go_exec.sh \
                tests/cli/install.sh tests/cli/deps.sh tests/cli/real.sh
