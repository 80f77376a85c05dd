#include "textflag.h"

// The 64 bytes below the stack pointer.
TEXT ·stubGood(SB),NOSPLIT|NOFRAME,$0
	LEAQ -64(SP), R11
	RET

// Leaves the buffer register as it is.
TEXT ·stubNothing(SB),NOSPLIT|NOFRAME,$0
	RET

// Takes a register of one call site for the contract.
TEXT ·stubSeed(SB),NOSPLIT|NOFRAME,$0
	MOVQ AX, (DI)
	RET

// Changes a register that callers rely on.
TEXT ·stubClobber(SB),NOSPLIT|NOFRAME,$0
	LEAQ -64(SP), R11
	MOVQ $0, CX
	RET

// Returns stack that is in use.
TEXT ·stubStack(SB),NOSPLIT|NOFRAME,$0
	LEAQ -16(SP), R11
	RET

// Returns memory that can't be written.
TEXT ·stubText(SB),NOSPLIT|NOFRAME,$0
	LEAQ ·stubGood(SB), R11
	RET

// Isn't straight code.
TEXT ·stubCalls(SB),NOSPLIT|NOFRAME,$0
	LEAQ -64(SP), R11
	JCC 0(PC)
	RET

