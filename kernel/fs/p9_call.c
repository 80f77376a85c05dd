/* SPDX-License-Identifier: Apache-2.0 */
/* Messages to a 9P server and their answers; tags; fids. */
#include "kernel/fs/p9.h"

#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/slab.h"
#include "kernel/fs/signal_hook.h"
#include "lib/str.h"

#define TAGS           64u
#define TAGS_FOR_FLUSH 8u /* the highest ones: those who withdraw wait for nobody else's answer */
#define PATIENCE_NS    (NS_PER_SEC / 10) /* how often one looks whether the program is to end */

/* ---- fields ---- */

static void patch(uint8_t *at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t peek(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << 8 * i;
    return value;
}

void p9_put(struct p9_call *c, uint64_t value, unsigned bytes)
{
    if ((size_t)(c->out_end - c->put) < bytes) {
        c->bad = true;
        return;
    }
    patch(c->put, value, bytes);
    c->put += bytes;
}

void p9_put_name(struct p9_call *c, const char *s, size_t len)
{
    p9_put(c, len, 2);
    if (len > 0xffff || (size_t)(c->out_end - c->put) < len) {
        c->bad = true;
        return;
    }
    memcpy(c->put, s, len);
    c->put += len;
}

uint64_t p9_get(struct p9_call *c, unsigned bytes)
{
    if ((size_t)(c->in_end - c->get) < bytes) {
        c->bad = true;
        return 0;
    }
    uint64_t value = peek(c->get, bytes);
    c->get += bytes;
    return value;
}

void p9_get_qid(struct p9_call *c, struct p9_qid *qid)
{
    qid->type = (uint8_t)p9_get(c, 1);
    qid->version = (uint32_t)p9_get(c, 4);
    qid->path = p9_get(c, 8);
}

/* ---- their life ---- */

static struct p9_call *call_of(struct p9_exchange *x)
{
    return container_of(x, struct p9_call, x);
}

static void answered(struct p9_exchange *x)
{
    struct p9_call *c = call_of(x);
    spin_lock(&c->answered.lock);
    __atomic_store_n(&c->done, true, __ATOMIC_RELEASE);
    list_for_each (n, &c->answered.waiters) {
        struct waiter *w = list_entry(n, struct waiter, node);
        w->fn(w, ~0u);
    }
    spin_unlock(&c->answered.lock);
}

struct p9_call *p9_call_new(struct p9_session *s, enum p9_type type, size_t out_bytes,
                            size_t in_bytes)
{
    out_bytes += P9_HEADER_BYTES;
    struct p9_call *c = kmalloc(sizeof(*c) + out_bytes + in_bytes);
    if (!c)
        return NULL;
    *c = (struct p9_call){.session = s, .put = c->bytes, .out_end = c->bytes + out_bytes};
    c->x = (struct p9_exchange){
        .out = c->bytes, .in = c->out_end, .in_bytes = (uint32_t)in_bytes, .done = answered};
    waitq_init(&c->answered);
    p9_put(c, 0, 4);
    p9_put(c, type, 1);
    p9_put(c, P9_NOTAG, 2);
    return c;
}

void p9_call_free(struct p9_call *c)
{
    kfree(c);
}

/* ---- tags ---- */

static bool tag_take(struct p9_session *s, bool flush, uint16_t *tag)
{
    uint64_t usable = UINT64_MAX >> (flush ? 0 : TAGS_FOR_FLUSH);
    spin_lock(&s->lock);
    uint64_t left = usable & ~s->tags;
    if (left) {
        *tag = (uint16_t)__builtin_ctzll(left);
        s->tags |= UINT64_C(1) << *tag;
    }
    spin_unlock(&s->lock);
    return left;
}

static void tag_give(struct p9_session *s, uint16_t tag)
{
    spin_lock(&s->lock);
    s->tags &= ~(UINT64_C(1) << tag);
    spin_unlock(&s->lock);
    waitq_wake(&s->tag_free, ~0u, 1);
}

/* ---- under way ---- */

static void finish_message(struct p9_call *c, uint16_t tag)
{
    uint32_t data = 0;
    for (unsigned i = 0; i < c->x.run_count && !c->x.runs_receive; i++)
        data += c->x.runs[i].bytes;
    c->x.out_bytes = (uint32_t)(c->put - c->bytes);
    patch(c->bytes, c->x.out_bytes + data, 4);
    patch(c->bytes + 5, tag, 2);
}

/* Submit, and when the channel is full wait for room. */
static int submit(struct p9_call *c)
{
    struct p9_channel *channel = c->session->channel;
    int err;
    wait_event_through(&channel->room, (err = channel->submit(channel, &c->x)) != -EAGAIN,
                       WAIT_FOREVER);
    return err;
}

int p9_send(struct p9_call *c)
{
    struct p9_session *s = c->session;
    bool version = c->bytes[4] == P9_TVERSION, flush = c->bytes[4] == P9_TFLUSH;
    if (c->bad)
        return -EIO;
    c->tag = P9_NOTAG;
    if (!version)
        wait_event_through(&s->tag_free, tag_take(s, flush, &c->tag), WAIT_FOREVER);
    finish_message(c, c->tag);
    int err = submit(c);
    if (err && !version)
        tag_give(s, c->tag);
    return err;
}

/* What came back is an answer to c: 0, the error that it carries, -EIO or -EINTR. */
static int check_answer(struct p9_call *c)
{
    const uint8_t *in = c->x.in;
    uint32_t got = c->x.got;
    if (!got)
        return c->session->channel->dead ? -EIO : -EINTR;
    if (got < P9_HEADER_BYTES || peek(in, 4) != got || peek(in + 5, 2) != c->tag)
        return -EIO;
    c->get = c->out_end + P9_HEADER_BYTES;
    c->in_end = c->out_end + MIN(got, c->x.in_bytes);
    if (in[4] == P9_RLERROR) {
        uint64_t code = p9_get(c, 4);
        return code && code < 4096 ? -(int)code : -EIO;
    }
    return in[4] == c->bytes[4] + 1 ? 0 : -EIO;
}

static bool is_done(struct p9_call *c, int64_t deadline_ns)
{
    wait_event_through(&c->answered, __atomic_load_n(&c->done, __ATOMIC_ACQUIRE), deadline_ns);
    return __atomic_load_n(&c->done, __ATOMIC_ACQUIRE);
}

/* The server answers the flush, and the request before it or not at all; either way its memory
 * comes back. */
static void withdraw(struct p9_call *c)
{
    struct p9_call *f = p9_call_new(c->session, P9_TFLUSH, 2, P9_ERROR_BYTES);
    if (!f)
        return;
    p9_put(f, c->tag, 2);
    int err = p9_ask(f);
    (void)err; /* what counts is what c's answer says */
    p9_call_free(f);
}

int p9_wait(struct p9_call *c)
{
    bool withdrawn = c->bytes[4] == P9_TFLUSH;
    while (!is_done(c, withdrawn ? WAIT_FOREVER : clock_mono_ns() + PATIENCE_NS)) {
        if (!thread_is_ending())
            continue;
        withdraw(c);
        withdrawn = true;
    }
    /* Whoever answered is out of the call's memory when its lock is free. */
    spin_lock(&c->answered.lock);
    spin_unlock(&c->answered.lock);
    if (c->tag != P9_NOTAG)
        tag_give(c->session, c->tag);
    return check_answer(c);
}

int p9_ask(struct p9_call *c)
{
    int err = p9_send(c);
    return err ? err : p9_wait(c);
}

/* ---- fids ---- */

struct p9_fid *p9_fid_get(struct p9_fid *fid)
{
    __atomic_add_fetch(&fid->refs, 1, __ATOMIC_RELAXED);
    return fid;
}

static void fid_free(struct p9_fid *fid)
{
    struct p9_session *s = fid->session;
    spin_lock(&s->lock);
    fid->next = s->free_fids;
    s->free_fids = fid;
    spin_unlock(&s->lock);
}

/* A clunk has been answered, whatever it says: the number is free. Interrupt context. */
static void clunk_answered(struct p9_exchange *x)
{
    struct p9_call *c = call_of(x);
    tag_give(c->session, c->tag);
    fid_free(c->clunked);
    p9_call_free(c);
}

/* Without memory for the message the number stays in use at the server, and isn't used again here.
 */
void p9_fid_put(struct p9_fid *fid)
{
    if (!fid || __atomic_sub_fetch(&fid->refs, 1, __ATOMIC_ACQ_REL))
        return;
    struct p9_call *c = p9_call_new(fid->session, P9_TCLUNK, 4, P9_ERROR_BYTES);
    if (!c)
        return;
    p9_put(c, fid->number, 4);
    c->clunked = fid;
    c->x.done = clunk_answered;
    if (p9_send(c))
        p9_call_free(c);
}

struct p9_fid *p9_fid_new(struct p9_session *s)
{
    spin_lock(&s->lock);
    struct p9_fid *fid = s->free_fids;
    if (fid)
        s->free_fids = fid->next;
    spin_unlock(&s->lock);
    if (!fid) {
        fid = kmalloc(sizeof(*fid));
        if (!fid)
            return NULL;
        *fid = (struct p9_fid){.number = __atomic_fetch_add(&s->next_fid, 1, __ATOMIC_RELAXED),
                               .session = s};
    }
    fid->refs = 1;
    return fid;
}

void p9_fid_drop(struct p9_fid *fid)
{
    fid_free(fid);
}
