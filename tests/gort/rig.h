/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the core on a few threads without the library around it. */
#ifndef TESTS_GORT_RIG_H
#define TESTS_GORT_RIG_H

#include "gort/sched.h"

/* rig_run - run fn(arg) as a G on nprocs threads and return when it has ended (other Gs must have
 * ended by then). */
void rig_run(unsigned nprocs, void (*fn)(void *), void *arg);

/* rig_go - start a G. */
struct g *rig_go(void (*fn)(void *), void *arg);

/* rig_new - make one without starting it. */
struct g *rig_new(void (*fn)(void *), void *arg);

#endif
