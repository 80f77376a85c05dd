//go:build !go1.21

#include "textflag.h"

// The store that the barrier would do.
TEXT ·stubGood(SB),NOSPLIT|NOFRAME,$0
	MOV X6, (X5)
	RET

// Never stores.
TEXT ·stubNothing(SB),NOSPLIT|NOFRAME,$0

	RET

// Stores the wrong way round.
TEXT ·stubSeed(SB),NOSPLIT|NOFRAME,$0
	MOV X5, (X6)
	RET

// Changes a register that callers rely on.
TEXT ·stubClobber(SB),NOSPLIT|NOFRAME,$0
	MOV X6, (X5)
	MOV $0, X10
	RET

// Stores beside the slot.
TEXT ·stubStack(SB),NOSPLIT|NOFRAME,$0
	MOV X6, 8(X5)
	RET

// Stores something else.
TEXT ·stubText(SB),NOSPLIT|NOFRAME,$0
	MOV X7, (X5)
	RET

// Isn't straight code.
TEXT ·stubCalls(SB),NOSPLIT|NOFRAME,$0
	MOV X6, (X5)
	BEQ X6, X0, 0(PC)
	RET

