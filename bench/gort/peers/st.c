/* SPDX-License-Identifier: Apache-2.0 */
/* State Threads: cooperative threads for servers. It has no channels. */
#include <st.h>

#include "bench/gort/peers/peer.h"

static void *yielder(void *arg)
{
    for (long i = 0; i < n / 2; i++)
        st_usleep(0) /* its only way to yield */;
    return arg;
}

static void yield(void)
{
    st_thread_t a = st_thread_create(yielder, NULL, 1, 0),
                b = st_thread_create(yielder, NULL, 1, 0);
    st_thread_join(a, NULL);
    st_thread_join(b, NULL);
}

static void *nothing(void *arg)
{
    return arg;
}

static void spawn(void)
{
    st_thread_t t[100];
    for (long i = 0; i < n; i += 100) {
        for (int k = 0; k < 100; k++)
            t[k] = st_thread_create(nothing, NULL, 1, 0);
        for (int k = 0; k < 100; k++)
            st_thread_join(t[k], NULL);
    }
}

static void mutex(void)
{
    st_mutex_t m = st_mutex_new();
    for (long i = 0; i < n; i++) {
        st_mutex_lock(m);
        st_mutex_unlock(m);
    }
}

int main(int argc, char **argv)
{
    static const struct bench benches[] = {{"yield", yield}, {"spawn", spawn}, {"mutex", mutex}};
    st_init();
    return peer_main(argc, argv, benches, 3);
}
