/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slot of the Windows port, from the bottom: an uncommitted page, pages for the report of an
 * overflow, a guard page, the stack. The bounds that Windows knows are those of the stack, so that
 * it doesn't take the guard page for a stack that grows.
 */
#ifndef GORT_PORT_WINDOWS_SLOT_H
#define GORT_PORT_WINDOWS_SLOT_H

#define SLOT_PAGE 4096
#define ARENA_RESERVE \
    (5 * SLOT_PAGE) /* below a stack, guard page included: for the exception's frames */
#define SLOT_BELOW (SLOT_PAGE + ARENA_RESERVE)

#endif
