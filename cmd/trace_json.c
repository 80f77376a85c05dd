/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events come in batches, each CPU's in its order; a batch is merged by time and written at once.
 * What is kept: who runs on each CPU, and which system call each thread is in.
 */
#include "cmd/trace_json.h"
#include "abi/errno_names.h"
#include "lib/str.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>

#define CPUS_MAX    64
#define THREADS_MAX (1u << 22)
#define NO_CALL     (-1)

/* The processes that Perfetto groups tracks by. */
enum { TRACK_CPU = 1, TRACK_THREAD = 2 };

struct cpu_track {
    uint32_t running; /* 0: none */
    bool seen;
    size_t count, capacity, next; /* of records */
    struct link_record *records;  /* of the batch that is coming in */
};

struct thread_track {
    int64_t call; /* the system call it is in, or NO_CALL */
    bool seen;
    char name[sizeof(((struct link_thread *)0)->name)];
};

struct trace_json {
    FILE *out;
    const char *program;
    bool comma, failed;
    uint64_t lost, now_ns;
    struct cpu_track cpus[CPUS_MAX];
    struct thread_track *threads; /* by thread id */
    size_t thread_count;
};

static const char *call_name(uint32_t nr)
{
    switch (nr) {
#define S(number, number_amd64, name, status, args) \
    case number:                                    \
        return #name;
#include "abi/syscalls.def"
#undef S
    default:
        return NULL;
    }
}

static const char *errno_name(int64_t err)
{
    switch (err) {
#define NAME(e) \
    case e:     \
        return #e;
        ERRNO_NAMES(NAME)
#undef NAME
    default:
        return err >= 512 && err <= 516 ? "interrupted" : NULL;
    }
}

/* ---- writing ---- */

/* A string's inside: anything but printable ASCII as an escape. */
static void put_text(FILE *out, const char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < ' ' || c > '~')
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
}

/* An event up to its name, which stays open. */
static void event_begin(struct trace_json *t, char phase, int pid, uint32_t tid)
{
    fprintf(t->out,
            "%s\n{\"ph\":\"%c\",\"pid\":%d,\"tid\":%" PRIu32 ",\"ts\":%" PRIu64 ".%03" PRIu64,
            t->comma ? "," : "", phase, pid, tid, t->now_ns / 1000, t->now_ns % 1000);
    t->comma = true;
}

static void instant(struct trace_json *t, int pid, uint32_t tid, const char *name)
{
    event_begin(t, 'i', pid, tid);
    fprintf(t->out, ",\"s\":\"t\",\"name\":\"%s\"", name);
}

static void event_end(struct trace_json *t)
{
    fputc('}', t->out);
}

static void put_meta(struct trace_json *t, int pid, uint32_t tid, const char *what,
                     const char *name, const char *suffix)
{
    event_begin(t, 'M', pid, tid);
    fprintf(t->out, ",\"name\":\"%s\",\"args\":{\"name\":\"", what);
    put_text(t->out, name);
    put_text(t->out, suffix);
    fputs("\"}", t->out);
    event_end(t);
}

/* ---- threads and calls ---- */

/* NULL: no thread has this id, or there is no memory. */
static struct thread_track *thread_of(struct trace_json *t, uint32_t tid)
{
    if (tid == 0 || tid >= THREADS_MAX)
        return NULL;
    if (tid >= t->thread_count) {
        size_t count = tid * 2 + 16;
        struct thread_track *threads = realloc(t->threads, count * sizeof(*threads));
        if (!threads) {
            t->failed = true;
            return NULL;
        }
        for (size_t i = t->thread_count; i < count; i++)
            threads[i] = (struct thread_track){.call = NO_CALL};
        t->threads = threads;
        t->thread_count = count;
    }
    t->threads[tid].seen = true;
    return &t->threads[tid];
}

static void call_begin(struct trace_json *t, uint32_t tid, struct thread_track *thread, uint32_t nr)
{
    const char *name = call_name(nr);
    event_begin(t, 'B', TRACK_THREAD, tid);
    if (name)
        fprintf(t->out, ",\"name\":\"%s\"", name);
    else
        fprintf(t->out, ",\"name\":\"syscall_%" PRIu32 "\"", nr);
    event_end(t);
    thread->call = nr;
}

static void call_end(struct trace_json *t, uint32_t tid, struct thread_track *thread,
                     const int64_t *result)
{
    const char *name = result && *result < 0 ? errno_name(-*result) : NULL;
    if (thread->call == NO_CALL)
        return;
    thread->call = NO_CALL;
    event_begin(t, 'E', TRACK_THREAD, tid);
    if (name)
        fprintf(t->out, ",\"args\":{\"result\":\"%s\"}", name);
    else if (result)
        fprintf(t->out, ",\"args\":{\"result\":%" PRId64 "}", *result);
    event_end(t);
}

static void run_end(struct trace_json *t, unsigned cpu)
{
    enum { NR_EXIT = 93 };
    uint32_t tid = t->cpus[cpu].running;
    struct thread_track *thread = thread_of(t, tid);
    if (!thread)
        return;
    if (thread->call == NR_EXIT)
        call_end(t, tid, thread, NULL);
    event_begin(t, 'E', TRACK_CPU, cpu);
    event_end(t);
}

static void run_begin(struct trace_json *t, unsigned cpu, uint32_t tid)
{
    struct thread_track *thread = thread_of(t, tid);
    t->cpus[cpu].running = thread ? tid : 0;
    if (!thread)
        return;
    event_begin(t, 'B', TRACK_CPU, cpu);
    fprintf(t->out, ",\"name\":\"thread %" PRIu32 "\"", tid);
    event_end(t);
}

static void switch_to(struct trace_json *t, unsigned cpu, uint32_t tid)
{
    if (t->cpus[cpu].running == tid)
        return;
    run_end(t, cpu);
    run_begin(t, cpu, tid);
}

static void put_signal(struct trace_json *t, uint32_t tid, uint64_t number)
{
    const char *name = number < 32 ? sigabbrev_np((int)number) : NULL;
    event_begin(t, 'i', TRACK_THREAD, tid);
    if (name)
        fprintf(t->out, ",\"s\":\"t\",\"name\":\"SIG%s\"", name);
    else
        fprintf(t->out, ",\"s\":\"t\",\"name\":\"signal %" PRIu64 "\"", number);
    event_end(t);
}

/* What a running thread does. */
static void thread_event(struct trace_json *t, uint32_t tid, struct thread_track *thread,
                         enum link_event kind, uint64_t about)
{
    int64_t result = (int64_t)(about << (64 - EVENT_KIND_SHIFT)) >> (64 - EVENT_KIND_SHIFT);
    switch (kind) {
    case EVENT_SYSCALL:
        call_end(t, tid, thread, NULL);
        call_begin(t, tid, thread, (uint32_t)about);
        break;
    case EVENT_RESULT:
        call_end(t, tid, thread, &result);
        break;
    case EVENT_FAULT:
        instant(t, TRACK_THREAD, tid, "page fault");
        fprintf(t->out, ",\"args\":{\"address\":\"0x%" PRIx64 "\"}", about);
        event_end(t);
        break;
    case EVENT_SIGNAL:
        put_signal(t, tid, about);
        break;
    default:
        t->lost++;
        break;
    }
}

static void put_event(struct trace_json *t, unsigned cpu, const struct link_record *r)
{
    uint64_t about = r->event & ((UINT64_C(1) << EVENT_KIND_SHIFT) - 1);
    enum link_event kind = (enum link_event)(r->event >> EVENT_KIND_SHIFT);
    uint32_t tid = t->cpus[cpu].running;
    t->now_ns = MAX(t->now_ns, r->ns);
    if (kind == EVENT_SWITCH) {
        switch_to(t, cpu, (uint32_t)about);
    } else if (kind == EVENT_IRQ) {
        instant(t, TRACK_CPU, cpu, "interrupt");
        fprintf(t->out, ",\"args\":{\"number\":%" PRIu64 "}", about);
        event_end(t);
    } else if (kind == EVENT_WAKE) {
        instant(t, tid ? TRACK_THREAD : TRACK_CPU, tid ? tid : cpu, "wake");
        fprintf(t->out, ",\"args\":{\"thread\":%" PRIu64 "}", about);
        event_end(t);
    } else if (thread_of(t, tid)) {
        thread_event(t, tid, thread_of(t, tid), kind, about);
    } else {
        t->lost++;
    }
}

/* ---- batches ---- */

static void batch_add(struct trace_json *t, struct cpu_track *c, const void *records, size_t count)
{
    if (count == 0)
        return;
    if (c->count + count > c->capacity) {
        size_t capacity = (c->count + count) * 2;
        struct link_record *bigger = realloc(c->records, capacity * sizeof(*bigger));
        if (!bigger) {
            t->failed = true;
            t->lost += count;
            return;
        }
        c->records = bigger;
        c->capacity = capacity;
    }
    memcpy(c->records + c->count, records, count * sizeof(*c->records));
    c->count += count;
}

/* The CPU whose next record is the oldest, or -1. */
static int batch_oldest(const struct trace_json *t)
{
    int oldest = -1;
    for (int i = 0; i < CPUS_MAX; i++) {
        const struct cpu_track *c = &t->cpus[i];
        if (c->next < c->count &&
            (oldest < 0 ||
             c->records[c->next].ns < t->cpus[oldest].records[t->cpus[oldest].next].ns))
            oldest = i;
    }
    return oldest;
}

static void batch_write(struct trace_json *t)
{
    for (int i; (i = batch_oldest(t)) >= 0;)
        put_event(t, (unsigned)i, &t->cpus[i].records[t->cpus[i].next++]);
    for (int i = 0; i < CPUS_MAX; i++)
        t->cpus[i].count = t->cpus[i].next = 0;
}

static void put_lost(struct trace_json *t, unsigned cpu, uint32_t lost)
{
    t->lost += lost;
    instant(t, TRACK_CPU, cpu, "events lost");
    fprintf(t->out, ",\"args\":{\"number\":%" PRIu32 "}", lost);
    event_end(t);
}

void trace_json_events(struct trace_json *t, const void *data, size_t size_bytes)
{
    struct link_events head;
    if (size_bytes < sizeof(head))
        return;
    memcpy(&head, data, sizeof(head));
    size_t count = (size_bytes - sizeof(head)) / sizeof(struct link_record);
    if (head.cpu >= CPUS_MAX) {
        t->lost += count + head.lost;
        return;
    }
    struct cpu_track *c = &t->cpus[head.cpu];
    c->seen = c->seen || count;
    if (head.lost)
        put_lost(t, head.cpu, head.lost);
    batch_add(t, c, (const uint8_t *)data + sizeof(head), count);
    if (head.flags & LINK_EVENTS_END)
        batch_write(t);
}

void trace_json_thread(struct trace_json *t, const void *data, size_t size_bytes)
{
    struct link_thread in;
    if (size_bytes != sizeof(in))
        return;
    memcpy(&in, data, sizeof(in));
    struct thread_track *thread = thread_of(t, in.tid);
    if (thread) {
        memcpy(thread->name, in.name, sizeof(in.name));
        thread->name[sizeof(in.name) - 1] = 0;
    }
}

/* ---- from beginning to end ---- */

struct trace_json *trace_json_open(FILE *out, const char *program)
{
    struct trace_json *t = calloc(1, sizeof(*t));
    if (!t)
        return NULL;
    t->out = out;
    t->program = program;
    fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", out);
    return t;
}

static void name_tracks(struct trace_json *t)
{
    char text[48];
    put_meta(t, TRACK_CPU, 0, "process_name", "CPUs", "");
    put_meta(t, TRACK_THREAD, 0, "process_name", t->program, "");
    for (uint32_t i = 0; i < CPUS_MAX; i++) {
        snprintf(text, sizeof(text), "CPU %" PRIu32, i);
        if (t->cpus[i].seen)
            put_meta(t, TRACK_CPU, i, "thread_name", text, "");
    }
    for (uint32_t i = 1; i < t->thread_count; i++) {
        snprintf(text, sizeof(text), " %" PRIu32, i);
        if (t->threads[i].seen)
            put_meta(t, TRACK_THREAD, i, "thread_name",
                     t->threads[i].name[0] ? t->threads[i].name : "thread", text);
    }
}

int trace_json_close(struct trace_json *t, uint64_t *lost, struct error *err)
{
    batch_write(t);
    for (uint32_t i = 1; i < t->thread_count; i++)
        call_end(t, i, &t->threads[i], NULL);
    for (unsigned i = 0; i < CPUS_MAX; i++)
        switch_to(t, i, 0);
    name_tracks(t);
    fprintf(t->out, "\n],\"otherData\":{\"events lost\":\"%" PRIu64 "\"}}\n", t->lost);
    *lost = t->lost;
    bool failed = t->failed, unwritten = fflush(t->out) != 0 || ferror(t->out);
    for (int i = 0; i < CPUS_MAX; i++)
        free(t->cpus[i].records);
    free(t->threads);
    free(t);
    if (unwritten)
        return error_errno(err, "cannot write the trace");
    return failed ? error_set(err, -ENOMEM, "out of memory for the trace: it isn't complete") : 0;
}
