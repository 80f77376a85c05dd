/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of all threads as LINK_STATE frames. What runs is told by the CPU that runs it: an
 * interrupt brings its registers into its trap frame. The rest have theirs there anyway. Nothing is
 * waited for but that answer, and no lock is taken that a stuck CPU might hold, but the list's.
 */
#include "kernel/linux/dump.h"
#include "abi/link.h"
#include "kernel/arch/irq.h"
#include "kernel/core/clock.h"
#include "kernel/core/cpu.h"
#include "kernel/core/kstack.h"
#include "kernel/core/link.h"
#include "kernel/core/log.h"
#include "kernel/core/sgi.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/image.h"
#include "kernel/linux/thread.h"
#include "lib/str.h"

#define PATIENCE_NS INT64_C(200000000)

extern char image_start[];

static struct {
    struct link_state state;
    uint8_t stack[LINK_STATE_STACK_BYTES];
} report;
static struct spinlock report_lock;

static uint32_t round;             /* of threads_dump */
static uint32_t answered[CPU_MAX]; /* the last one that this CPU has taken part in */

/* The kernel functions that a parked task is in. Its stack is its own: a broken chain stays on it.
 */
static void add_kernel(struct link_state *s, const struct task *t)
{
    uintptr_t fp = t->g.sched.bp, bottom = kstack_bottom(t->stack_top);
    for (unsigned n = 0; n < LINK_STATE_FRAMES && fp >= bottom && fp % 16 == 0 &&
                         fp < t->stack_top - sizeof(struct trapframe);
         n++) {
        const uintptr_t *frame = (const uintptr_t *)fp;
        s->kernel[n] = (uint32_t)(frame[1] - (uintptr_t)image_start);
        if (frame[0] <= fp)
            break;
        fp = frame[0];
    }
}

/* A function of the file behind descriptor fd, 0: there is none, or somebody changes the table. */
static uint32_t file_of(struct fd_table *t, uint64_t fd)
{
    uint32_t offset = 0;
    if (!spin_trylock(&t->lock))
        return 0;
    if (fd < t->size && t->slots[fd]) {
        const struct file_ops *ops = t->slots[fd]->ops;
        uintptr_t fn = ops->poll ? (uintptr_t)ops->poll : (uintptr_t)ops->read;
        offset = fn ? (uint32_t)(fn - (uintptr_t)image_start) : 0;
    }
    spin_unlock(&t->lock);
    return offset;
}

static void send_as(enum link_type type, struct thread *t, enum link_thread_state state,
                    const struct cpu *cpu)
{
    const struct trapframe *tf = task_frame(&t->task);
    struct link_state *s = &report.state;
    spin_lock(&report_lock);
    *s = (struct link_state){
        .tid = (uint32_t)t->tid,
        .state = (uint8_t)state,
        .cpu = (uint8_t)cpu->index,
        .syscall = (int32_t)tf->syscall,
        .pc = tf->pc,
        .sp = tf->sp,
        .lr = tf->regs[30],
        .entry = family_here ? image_entry(t->process) : t->process->image.entry,
        .cpu_ns = (uint64_t)task_cpu_ns(&t->task),
    };
    for (unsigned i = 0; i < ARRAY_SIZE(s->args); i++)
        s->args[i] = frame_argument(tf, i);
    memcpy(s->name, t->name, sizeof s->name);
    if (state == STATE_WAITING)
        add_kernel(s, &t->task);
    if (s->syscall >= 0)
        s->file = file_of(&t->process->files, s->args[0]);
    if (cpu_self()->as == t->task.as)
        s->stack_bytes = (uint16_t)user_peek(report.stack, s->sp, sizeof report.stack);
    link_write_now(type, 0, &report, sizeof *s + s->stack_bytes);
    spin_unlock(&report_lock);
}

static void send(struct thread *t, enum link_thread_state state, const struct cpu *cpu)
{
    send_as(LINK_STATE, t, state, cpu);
}

void thread_report_unknown(void)
{
    send_as(LINK_UNKNOWN, thread_self(), STATE_RUNNING, cpu_self());
}

/* The thread that this CPU has interrupted. */
static void report_own(void *arg)
{
    struct cpu *cpu = cpu_self();
    uint32_t now = __atomic_load_n(&round, __ATOMIC_ACQUIRE);
    (void)arg;
    if (cpu->task && cpu->g == &cpu->task->g) {
        thread_of(cpu->task)->reported = now;
        send(thread_of(cpu->task), STATE_RUNNING, cpu);
    }
    __atomic_store_n(&answered[cpu->index], now, __ATOMIC_RELEASE);
}

static bool all_answered(void)
{
    for (unsigned i = 0; i < cpu_count; i++)
        if (cpus[i].online && __atomic_load_n(&answered[i], __ATOMIC_ACQUIRE) != round)
            return false;
    return true;
}

static void ask_others(void)
{
    for (unsigned i = 0; i < cpu_count; i++)
        if (cpus[i].online && &cpus[i] != cpu_self())
            irq_send(i, SGI_REPORT);
    int64_t deadline_ns = clock_mono_ns() + PATIENCE_NS;
    while (!all_answered() && clock_mono_ns() < deadline_ns)
        cpu_relax();
}

static void report_other(struct g *gp, void *arg)
{
    struct thread *t = thread_of(container_of(gp, struct task, g));
    uint32_t state = readgstatus(gp) & ~(uint32_t)GSCAN;
    struct m *mp = gp->m;
    (void)arg;
    if (t->reported == round)
        return;
    if (state == GRUNNING && mp)
        send(t, STATE_STUCK, container_of(mp, struct cpu, m));
    else
        send(t, state == GWAITING ? STATE_WAITING : STATE_RUNNABLE, cpu_self());
}

void threads_dump(void)
{
    __atomic_store_n(&round, round + 1, __ATOMIC_RELEASE);
    report_own(NULL);
    ask_others();
    sched_foreach(report_other, NULL);
    for (unsigned i = 0; i < cpu_count; i++)
        if (cpus[i].online && answered[i] != round)
            log_err("CPU %u doesn't answer: it has been in the kernel for long", i);
}

void dump_init(void)
{
    irq_register(SGI_REPORT, report_own, NULL);
    link_on_dump(threads_dump);
}
