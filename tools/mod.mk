
include tools/insncount/mod.mk
