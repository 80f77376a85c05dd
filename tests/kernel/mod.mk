SCRIPT_TESTS += tests/kernel/crash.sh
