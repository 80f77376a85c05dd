//go:build !go1.21

#include "textflag.h"

// The store that the barrier would do.
TEXT ·stubGood(SB),NOSPLIT|NOFRAME,$0
	MOVD R3, (R2)
	RET

// Never stores.
TEXT ·stubNothing(SB),NOSPLIT|NOFRAME,$0
	RET

// Takes a register of one call site for the contract.
TEXT ·stubSeed(SB),NOSPLIT|NOFRAME,$0
	MOVD R2, (R27)
	RET

// Changes a register that callers rely on.
TEXT ·stubClobber(SB),NOSPLIT|NOFRAME,$0
	MOVD R3, (R2)
	MOVD $0, R4
	RET

// Stores beside the slot.
TEXT ·stubStack(SB),NOSPLIT|NOFRAME,$0
	MOVD R3, 8(R2)
	RET

// Stores something else.
TEXT ·stubText(SB),NOSPLIT|NOFRAME,$0
	MOVD R4, (R2)
	RET

// Isn't straight code.
TEXT ·stubCalls(SB),NOSPLIT|NOFRAME,$0
	MOVD R3, (R2)
	CBZ R3, 0(PC)
	RET

