# Servers in a machine, from outside: docs/NETWORK.md says what is tested where. The scripts build their Go programs themselves.
SCRIPT_TESTS += tests/services/examples.sh tests/services/wire.sh

.PHONY: test-services soak-services
test-services: all ## servers in a machine: from the host, on a wire with attacks and losses, 10,000 connections
	@tests/services/host.sh; tests/services/examples.sh; tests/services/wire.sh good attack bad many
soak-services: all ## servers under full load for MINUTES=30 each at -smp 1, 2 and 4: no wake-up may get lost
	@tests/services/soak.sh
