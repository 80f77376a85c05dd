/* SPDX-License-Identifier: Apache-2.0 */
/* Options of TCP. */
#include <lwip/priv/tcp_priv.h>

#include "abi/errno.h"
#include "kernel/net/stream.h"
#include "lib/str.h"

void stream_apply_locked(struct stream *t)
{
    struct tcp_pcb *pcb = t->pcb;
    if (!pcb)
        return;
    inet_apply_locked(&t->i, (struct ip_pcb *)pcb);
    pcb->keep_idle = (u32_t)t->keep_idle_s * 1000;
    pcb->keep_intvl = (u32_t)t->keep_interval_s * 1000;
    pcb->keep_cnt = (u32_t)t->keep_count;
    if (t->nodelay)
        tcp_nagle_disable(pcb);
    else
        tcp_nagle_enable(pcb);
}

/* Those that change nothing here: their place, or -1. */
static int stored_index(int option)
{
    switch (option) {
    case TCP_MAXSEG:
        return STORED_MAXSEG;
    case TCP_SYNCNT:
        return STORED_SYNCNT;
    case TCP_LINGER2:
        return STORED_LINGER2;
    case TCP_DEFER_ACCEPT:
        return STORED_DEFER_ACCEPT;
    case TCP_WINDOW_CLAMP:
        return STORED_WINDOW_CLAMP;
    case TCP_USER_TIMEOUT:
        return STORED_USER_TIMEOUT;
    case TCP_FASTOPEN:
        return STORED_FASTOPEN;
    case TCP_NOTSENT_LOWAT:
        return STORED_NOTSENT_LOWAT;
    default:
        return -1;
    }
}

static int get_tcp(const struct stream *t, int option, int *value)
{
    int stored = stored_index(option);
    switch (option) {
    case TCP_NODELAY:
        *value = t->nodelay;
        return 0;
    case TCP_CORK:
        *value = t->cork;
        return 0;
    case TCP_KEEPIDLE:
        *value = t->keep_idle_s;
        return 0;
    case TCP_KEEPINTVL:
        *value = t->keep_interval_s;
        return 0;
    case TCP_KEEPCNT:
        *value = t->keep_count;
        return 0;
    case TCP_QUICKACK:
        *value = 1;
        return 0;
    case TCP_MAXSEG:
        *value = t->pcb ? t->pcb->mss : 536;
        return 0;
    default:
        if (stored >= 0)
            *value = t->stored[stored];
        return stored >= 0 ? 0 : -ENOPROTOOPT;
    }
}

static int set_range(int *to, int value, int most)
{
    if (value < 1 || value > most)
        return -EINVAL;
    *to = value;
    return 0;
}

static int set_tcp(struct stream *t, int option, int value)
{
    int stored = stored_index(option);
    switch (option) {
    case TCP_NODELAY:
        t->nodelay = value;
        return 0;
    case TCP_CORK:
        t->cork = value;
        return 0;
    case TCP_KEEPIDLE:
        return set_range(&t->keep_idle_s, value, 32767);
    case TCP_KEEPINTVL:
        return set_range(&t->keep_interval_s, value, 32767);
    case TCP_KEEPCNT:
        return set_range(&t->keep_count, value, 127);
    case TCP_QUICKACK:
    case TCP_FASTOPEN_CONNECT:
        return 0;
    default:
        if (stored >= 0)
            t->stored[stored] = value;
        return stored >= 0 ? 0 : -ENOPROTOOPT;
    }
}

int stream_get_option(struct socket *s, int level, int option, int *value)
{
    struct stream *t = stream_of(s);
    if (level != IPPROTO_TCP)
        return inet_get_option(&t->i, level, option, value);
    spin_lock(&stack_lock);
    int err = get_tcp(t, option, value);
    spin_unlock(&stack_lock);
    return err;
}

int stream_set_option(struct socket *s, int level, int option, int value)
{
    struct stream *t = stream_of(s);
    int err = level == IPPROTO_TCP ? 0 : inet_set_option(&t->i, level, option, value);
    stack_enter();
    if (level == IPPROTO_TCP)
        err = set_tcp(t, option, value);
    stream_apply_locked(t);
    if (t->pcb && !t->cork)
        tcp_output(t->pcb);
    stack_leave();
    return err;
}

enum tcp_info_state stream_pcb_state(const struct tcp_pcb *pcb)
{
    static const uint8_t of_lwip[] = {
        [CLOSED] = TCP_STATE_CLOSE,
        [LISTEN] = TCP_STATE_LISTEN,
        [SYN_SENT] = TCP_STATE_SYN_SENT,
        [SYN_RCVD] = TCP_STATE_SYN_RECV,
        [ESTABLISHED] = TCP_STATE_ESTABLISHED,
        [FIN_WAIT_1] = TCP_STATE_FIN_WAIT1,
        [FIN_WAIT_2] = TCP_STATE_FIN_WAIT2,
        [CLOSE_WAIT] = TCP_STATE_CLOSE_WAIT,
        [CLOSING] = TCP_STATE_CLOSING,
        [LAST_ACK] = TCP_STATE_LAST_ACK,
        [TIME_WAIT] = TCP_STATE_TIME_WAIT,
    };
    return of_lwip[pcb->state];
}

enum tcp_info_state stream_tcp_state(const struct stream *t)
{
    if (t->pcb)
        return stream_pcb_state(t->pcb);
    if (t->state == STREAM_LISTENING)
        return TCP_STATE_LISTEN;
    if (t->state != STREAM_CONNECTED)
        return TCP_STATE_CLOSE;
    if (t->i.send_shut)
        return t->i.receive_shut ? TCP_STATE_CLOSE : TCP_STATE_FIN_WAIT2;
    return t->i.receive_shut ? TCP_STATE_CLOSE_WAIT : TCP_STATE_ESTABLISHED;
}

/* The state is all of struct tcp_info that means something here; the rest is 0. */
static int get_info(const struct stream *t, void *buf, uint32_t room)
{
    uint32_t n = MIN(room, 104u);
    memset(buf, 0, n);
    if (n)
        *(uint8_t *)buf = (uint8_t)stream_tcp_state(t);
    return (int)n;
}

int stream_get_wide(struct socket *s, int level, int option, void *buf, uint32_t room)
{
    struct stream *t = stream_of(s);
    if (level != IPPROTO_TCP)
        return inet_get_wide(&t->i, level, option, buf, room);
    if (option == TCP_INFO)
        return get_info(t, buf, room);
    if (option == TCP_CONGESTION) {
        memset(buf, 0, MIN(room, 16u));
        memcpy(buf, "reno", MIN(room, 5u));
        return (int)MIN(room, 16u);
    }
    return -ENOPROTOOPT;
}

int stream_set_wide(struct socket *s, int level, int option, const void *buf, uint32_t size)
{
    if (level == IPPROTO_TCP && option == TCP_CONGESTION)
        return size >= 4 && !memcmp(buf, "reno", 4) ? 0 : -ENOENT;
    return level == IPPROTO_TCP ? -ENOPROTOOPT
                                : inet_set_wide(inet_of(s), level, option, buf, size);
}
