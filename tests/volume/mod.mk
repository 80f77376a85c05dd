# Volumes: the same programs in a folder on Linux and in it as a volume.
SCRIPT_TESTS += $(addprefix tests/volume/,random.sh files.sh gotest.sh real.sh limits.sh)

.PHONY: test-real
test-real: all ## esbuild, tsgo and Go's own tools on folders of the host, N times (20 unless set) on 1, 2 and 4 CPUs (fetches by npm)
	@tests/volume/real.sh -n $(or $(N),20) -smp '1 2 4' all
