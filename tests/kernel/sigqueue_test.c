/* SPDX-License-Identifier: Apache-2.0 */
/* Pending signals against a model that keeps every signal in one array in order of arrival. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "kernel/linux/sigqueue.h"

#define MODEL_MAX 4096

void *kmalloc(size_t size_bytes);
void kfree(void *p);

static unsigned live;
static bool out_of_memory;

void *kmalloc(size_t size_bytes)
{
    live += !out_of_memory;
    return out_of_memory ? NULL : malloc(size_bytes);
}

void kfree(void *p)
{
    live -= p != NULL;
    free(p);
}

struct model {
    int signo[MODEL_MAX], code[MODEL_MAX];
    unsigned n;
};

static bool model_has(const struct model *m, int signo)
{
    for (unsigned i = 0; i < m->n; i++)
        if (m->signo[i] == signo)
            return true;
    return false;
}

static bool model_put(struct model *m, int signo, int code)
{
    if (signo < SIGRTMIN && model_has(m, signo))
        return false;
    m->signo[m->n] = signo;
    m->code[m->n++] = code;
    return true;
}

static bool is_fault(int signo)
{
    return signo == SIGSEGV || signo == SIGBUS || signo == SIGILL || signo == SIGTRAP ||
           signo == SIGFPE || signo == SIGSYS;
}

/* Faults first, then the lowest number; of one number the oldest. */
static bool model_take(struct model *m, uint64_t want, int *signo, int *code)
{
    int best = -1;
    for (unsigned i = 0; i < m->n; i++) {
        if (!(want >> (m->signo[i] - 1) & 1))
            continue;
        bool better =
            best < 0 || (is_fault(m->signo[i]) && !is_fault(m->signo[best])) ||
            (is_fault(m->signo[i]) == is_fault(m->signo[best]) && m->signo[i] < m->signo[best]);
        if (better)
            best = (int)i;
    }
    if (best < 0)
        return false;
    *signo = m->signo[best];
    *code = m->code[best];
    for (unsigned i = (unsigned)best; i + 1 < m->n; i++) {
        m->signo[i] = m->signo[i + 1];
        m->code[i] = m->code[i + 1];
    }
    m->n--;
    return true;
}

static void step(struct sigqueue *q, struct model *m, unsigned i)
{
    struct linux_siginfo info = {.signo = rand() % SIG_MAX + 1, .code = (int)i};
    uint64_t want = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ (uint64_t)rand();
    int signo, code;
    if (rand() % 2 && m->n < MODEL_MAX - 1) {
        assert_int_equal(sigqueue_put(q, &info), model_put(m, info.signo, info.code));
        return;
    }
    bool taken = model_take(m, want, &signo, &code);
    assert_int_equal(sigqueue_take(q, want, &info), taken);
    if (taken) {
        assert_int_equal(info.signo, signo);
        assert_int_equal(info.code, code);
    }
    for (int s = 1; s <= SIG_MAX; s++)
        assert_int_equal(q->mask >> (s - 1) & 1, model_has(m, s));
}

static void random_order(void **state)
{
    struct sigqueue q;
    static struct model m;
    (void)state;
    srand(7);
    sigqueue_init(&q);
    for (unsigned i = 0; i < 20000; i++)
        step(&q, &m, i);
    sigqueue_drop(&q, UINT64_MAX);
    assert_int_equal(q.mask, 0);
    assert_int_equal(live, 0);
}

/* Without memory for its details a signal is still pending, once. */
static void no_memory(void **state)
{
    struct sigqueue q;
    struct linux_siginfo info = {.signo = SIGRTMIN + 3, .code = SI_QUEUE};
    (void)state;
    sigqueue_init(&q);
    out_of_memory = true;
    assert_true(sigqueue_put(&q, &info));
    out_of_memory = false;
    assert_true(sigqueue_take(&q, UINT64_MAX, &info));
    assert_int_equal(info.signo, SIGRTMIN + 3);
    assert_int_equal(info.code, SI_USER);
    assert_false(sigqueue_take(&q, UINT64_MAX, &info));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_order),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
