/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/drivers/rig.h"

#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/arch/irq.h"
#include "kernel/core/clock.h"
#include "kernel/core/console.h"
#include "kernel/core/link.h"
#include "kernel/core/log.h"
#include "kernel/core/machine.h"
#include "kernel/core/wait.h"
#include "kernel/drivers/virtio/console.h"
#include "tests/drivers/model.h"

void (*rig_on_sleep)(void);
int rig_sleep_result;
int64_t rig_now_ns = 1;
char rig_uart[4096], rig_log[4096];
enum klog_level klog_level = LOG_DEBUG;

enum { CONSOLE_INTID = 49 };

static struct {
    irq_fn *fn;
    void *arg;
    bool enabled, pending;
} irq;

static void append(char *to, size_t room, const char *text, size_t size)
{
    size_t have = strlen(to);
    CHECK(have + size < room);
    memcpy(to + have, text, size);
    to[have + size] = 0;
}

static void uart_write(const char *text, size_t size)
{
    append(rig_uart, sizeof rig_uart, text, size);
}

void klog(enum klog_level level, const char *fmt, ...)
{
    char line[256];
    va_list ap;
    (void)level;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    append(rig_log, sizeof rig_log, line, (size_t)n);
    append(rig_log, sizeof rig_log, "\n", 1);
}

int64_t clock_mono_ns(void)
{
    return rig_now_ns += 1000;
}

paddr_t page_alloc(unsigned order, unsigned flags)
{
    size_t size = (size_t)PAGE_SIZE << order;
    /* below 4 GiB: a legacy device knows pages by 32-bit numbers */
    void *p =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    CHECK(p != MAP_FAILED);
    memset(p, flags & PAGE_ZERO ? 0 : 0xa5, size);
    return (paddr_t)(uintptr_t)p;
}

void page_put(paddr_t pa)
{
    munmap((void *)pa, PAGE_SIZE);
}

void irq_register(unsigned intid, irq_fn *fn, void *arg)
{
    CHECK(intid == CONSOLE_INTID && !irq.fn);
    irq.fn = fn;
    irq.arg = arg;
}

void irq_enable(unsigned intid)
{
    CHECK(intid == CONSOLE_INTID && irq.fn);
    irq.enabled = true;
}

void irq_disable(unsigned intid)
{
    CHECK(intid == CONSOLE_INTID);
    irq.enabled = false;
}

void irq_pend(unsigned intid)
{
    CHECK(intid == CONSOLE_INTID);
    irq.pending = true;
}

void rig_interrupt(void)
{
    while (irq.enabled && (irq.pending || model_line())) {
        irq.pending = false;
        irq.fn(irq.arg);
    }
}

void waitq_init(struct waitq *q)
{
    list_init(&q->waiters);
}

void waitq_add(struct waitq *q, struct waiter *w)
{
    list_push_back(&q->waiters, &w->node);
}

void waitq_remove(struct waitq *q, struct waiter *w)
{
    (void)q;
    list_remove(&w->node);
}

void waitq_wake(struct waitq *q, unsigned events, unsigned exclusive)
{
    (void)exclusive;
    list_for_each (n, &q->waiters) {
        struct waiter *w = list_entry(n, struct waiter, node);
        w->fn(w, events);
    }
}

static bool wake(struct waiter *w, unsigned events)
{
    (void)events;
    container_of(w, struct sleeper, waiter)->woken = true;
    return true;
}

void sleeper_init(struct sleeper *s)
{
    *s = (struct sleeper){.waiter = {.fn = wake}};
}

/* A sleeper that nothing wakes would sleep for ever: that is a lost wake-up. */
int sleeper_sleep(struct sleeper *s, int64_t deadline_ns)
{
    CHECK(deadline_ns == WAIT_FOREVER && rig_on_sleep);
    for (unsigned i = 0; !s->woken && rig_sleep_result == 0; i++) {
        CHECK(i < 10000);
        rig_on_sleep();
        rig_interrupt();
    }
    return rig_sleep_result;
}

void rig_start(bool legacy, bool several)
{
    static struct machine m;
    struct link_port *port = NULL;
    paddr_t base = model_start(legacy, several);
    m.nvirtio = 3;
    for (unsigned i = 0; i < 3; i++)
        m.virtio[i] = (struct machine_virtio){base + i * 0x200, 48 + i};
    console_use_uart(uart_write);
    CHECK(virtio_console_start(&m, &port) == NULL);
    link_start(port);
    console_use_link();
}

int run_alone(const char *name, void (*fn)(void))
{
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        fn();
        fflush(NULL);
        _exit(0);
    }
    bool good =
        pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    printf("%s %s\n", good ? "ok" : "not ok", name);
    return !good;
}
