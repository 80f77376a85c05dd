/* SPDX-License-Identifier: Apache-2.0 */
/* Where asm/tls.h keeps the current G. */
#include "gort/port/os.h"

/* used: it is named to the assembler only, which an optimiser of the whole program can't see. */
_Thread_local struct g *gort_cur_g __attribute__((tls_model("initial-exec"), used));

void os_current_init(void)
{
}
