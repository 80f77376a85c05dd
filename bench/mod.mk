include bench/empty/mod.mk
