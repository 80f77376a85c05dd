# Volumes: the same programs in a folder on Linux and in it as a volume.
SCRIPT_TESTS += tests/volume/random.sh
