/* SPDX-License-Identifier: Apache-2.0 */
/* What tests see of the fakes under the files. */
#ifndef TESTS_FS_FAKES_H
#define TESTS_FS_FAKES_H

#include <stdbool.h>

extern long fake_blocks, fake_pages; /* allocated now */
extern int fake_signals[64];         /* how often the running thread was sent each */
extern unsigned fake_fail_nth;       /* the nth allocation from now fails; 0: none */
extern bool fake_is_ending;          /* a signal that ends the program waits */
extern bool fake_may_sleep;          /* several threads: waits really wait */

#endif
