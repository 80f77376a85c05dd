.PHONY: test-posix
test-posix: all ## the Open POSIX Test Suite as static C programs, beside Linux: an hour
	@tests/posix/run.sh
