//go:build go1.21

#include "textflag.h"

// The 64 bytes below the stack pointer.
TEXT ·stubGood(SB),NOSPLIT|NOFRAME,$0
	SUB $64, RSP, R25
	RET

// Leaves the buffer register as it is.
TEXT ·stubNothing(SB),NOSPLIT|NOFRAME,$0
	RET

// Takes a register of one call site for the contract.
TEXT ·stubSeed(SB),NOSPLIT|NOFRAME,$0
	MOVD R2, (R27)
	RET

// Changes a register that callers rely on.
TEXT ·stubClobber(SB),NOSPLIT|NOFRAME,$0
	SUB $64, RSP, R25
	MOVD $0, R3
	RET

// Returns stack that is in use.
TEXT ·stubStack(SB),NOSPLIT|NOFRAME,$0
	SUB $16, RSP, R25
	RET

// Returns memory that can't be written.
TEXT ·stubText(SB),NOSPLIT|NOFRAME,$0
	MOVD $·stubGood(SB), R25
	RET

// Isn't straight code.
TEXT ·stubCalls(SB),NOSPLIT|NOFRAME,$0
	SUB $64, RSP, R25
	CBZ R25, 0(PC)
	RET

