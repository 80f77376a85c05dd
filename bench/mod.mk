include bench/empty/mod.mk

$(call host_prog,$(B)/bench/measure,bench/measure.c,)
