# Servers in a machine, from outside: docs/NETWORK.md says what is tested where. The scripts build their Go programs themselves.
SCRIPT_TESTS += tests/services/examples.sh tests/services/wire.sh

.PHONY: test-services soak-services
test-services: all ## servers in a machine: from the host, on a wire with attacks and losses, 10,000 connections
	@tests/services/all.sh
soak-services: all ## servers under full load for MINUTES=30 at -smp 1, 2 and 4 beside each other: no wake-up may get lost
	@tests/services/soak.sh
