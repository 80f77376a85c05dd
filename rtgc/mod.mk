# The RTG compiler: the library, and the command ./rtg (cmd/rtg).
RTGC_SRC := rtgc/arena.c rtgc/unit.c rtgc/scan.c rtgc/literal.c rtgc/parse.c rtgc/parse_expr.c rtgc/parse_stmt.c rtgc/astdump.c \
            rtgc/names.c rtgc/format.c rtgc/check.c rtgc/check_expr.c rtgc/check_call.c rtgc/check_stmt.c rtgc/prelude.S \
            rtgc/ir.c rtgc/irread.c rtgc/lower.c rtgc/lower_expr.c rtgc/lower_call.c rtgc/lower_stmt.c \
            rtgc/pass.c rtgc/cfg.c rtgc/dom.c rtgc/fold.c rtgc/simplify.c rtgc/live.c rtgc/dead.c rtgc/legal.c rtgc/alloc.c \
            rtgc/code.c rtgc/emit.c rtgc/link.c rtgc/elf.c rtgc/listing.c rtgc/rtg.c
RTGC_SRC += $(foreach m,arm64 amd64 riscv64,rtgc/$m/targ.c rtgc/$m/emit.c rtgc/$m/enc.c)
$(call host_lib,rtgc,$(RTGC_SRC))
$(B)/host/rtgc/prelude.S.o $(B)/fuzz/rtg-source.d/rtgc/prelude.S.o $(B)/fuzz/rtg-ir.d/rtgc/prelude.S.o: rtgc/prelude.rtg

RTG_CMD_SRC := cmd/rtg/main.c cmd/rtg/request.c cmd/rtg/build.c cmd/rtg/run.c cmd/rtg/check.c cmd/rtg/dis.c
$(call host_prog,rtg,$(RTG_CMD_SRC),rtgc)

include tests/rtg/mod.mk
include bench/rtg/mod.mk
