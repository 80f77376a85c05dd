//go:build go1.21

#include "textflag.h"

// The 64 bytes below the stack pointer.
TEXT ·stubGood(SB),NOSPLIT|NOFRAME,$0
	ADD $-64, X2, X24
	RET

// Leaves the buffer register as it is.
TEXT ·stubNothing(SB),NOSPLIT|NOFRAME,$0

	RET

// Takes a register of one call site for the contract.
TEXT ·stubSeed(SB),NOSPLIT|NOFRAME,$0
	MOV X6, (X5)
	RET

// Changes a register that callers rely on.
TEXT ·stubClobber(SB),NOSPLIT|NOFRAME,$0
	ADD $-64, X2, X24
	MOV $0, X10
	RET

// Returns stack that is in use.
TEXT ·stubStack(SB),NOSPLIT|NOFRAME,$0
	ADD $-16, X2, X24
	RET

// Returns memory that can't be written.
TEXT ·stubText(SB),NOSPLIT|NOFRAME,$0
	MOV $·stubGood(SB), X24
	RET

// Isn't straight code.
TEXT ·stubCalls(SB),NOSPLIT|NOFRAME,$0
	ADD $-64, X2, X24
	BEQ X24, X0, 0(PC)
	RET

