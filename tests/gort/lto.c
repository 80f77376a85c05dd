/* SPDX-License-Identifier: Apache-2.0 */
/* Current G and M after many switches, some to other threads, in a program that was optimised as a
 * whole: an address of a thread-local kept across a switch would be another thread's. */
#include <stdio.h>
#include <stdlib.h>

#include "gort/gort.h"
#include "gort/port.h"
#include "gort/sched.h"

#define GS    32
#define TURNS 500

static go_wg wg;
static _Atomic int migrations;

static void turns(void *arg)
{
    go_g *me = go_self();
    uint64_t id = go_id();
    (void)arg;
    for (int i = 0; i < TURNS; i++) {
        struct m *before = port_getm();
        go_yield();
        if (go_self() != me || go_id() != id || me->m != port_getm() || port_getm()->curg != me) {
            puts("wrong goroutine");
            exit(1);
        }
        migrations += port_getm() != before;
    }
    go_wg_done(&wg);
}

static void all(void *arg)
{
    (void)arg;
    go_wg_add(&wg, GS);
    for (int i = 0; i < GS; i++)
        go(turns, NULL);
    go_wg_wait(&wg);
}

int main(void)
{
    for (int round = 0; round < 50 && (round < 3 || migrations == 0); round++)
        if (go_main(all, NULL, &(go_config){.procs = 4}) != 0)
            return 1;
    puts(migrations ? "right, also after migrations" : "nothing migrated");
}
