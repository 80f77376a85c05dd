/* SPDX-License-Identifier: Apache-2.0 */
/* GNU Pth: threads of one process, cooperative. It has no channels. */
#include <pth.h>

#include "bench/gort/peers/peer.h"

static void *yielder(void *arg)
{
    for (long i = 0; i < n / 2; i++)
        pth_yield(NULL);
    return arg;
}

static void yield(void)
{
    pth_t a = pth_spawn(PTH_ATTR_DEFAULT, yielder, NULL);
    pth_t b = pth_spawn(PTH_ATTR_DEFAULT, yielder, NULL);
    pth_join(a, NULL);
    pth_join(b, NULL);
}

static void *nothing(void *arg)
{
    return arg;
}

static void spawn(void)
{
    pth_t t[100];
    for (long i = 0; i < n; i += 100) {
        for (int k = 0; k < 100; k++)
            t[k] = pth_spawn(PTH_ATTR_DEFAULT, nothing, NULL);
        for (int k = 0; k < 100; k++)
            pth_join(t[k], NULL);
    }
}

static void mutex(void)
{
    pth_mutex_t m = PTH_MUTEX_INIT;
    for (long i = 0; i < n; i++) {
        pth_mutex_acquire(&m, FALSE, NULL);
        pth_mutex_release(&m);
    }
}

int main(int argc, char **argv)
{
    static const struct bench benches[] = {{"yield", yield}, {"spawn", spawn}, {"mutex", mutex}};
    pth_init();
    return peer_main(argc, argv, benches, 3);
}
