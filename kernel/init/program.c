/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/init/program.h"
#include "abi/errno.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/mmu.h"
#include "kernel/arch/power.h"
#include "kernel/core/clock.h"
#include "kernel/core/console.h"
#include "kernel/core/link.h"
#include "kernel/core/log.h"
#include "kernel/core/options.h"
#include "kernel/core/payload.h"
#include "kernel/core/random.h"
#include "kernel/fs/boot.h"
#include "kernel/fs/context.h"
#include "kernel/fs/stdio.h"
#include "kernel/fs/super.h"
#include "kernel/fs/walk.h"
#include "kernel/linux/dump.h"
#include "kernel/linux/proc.h"
#include "kernel/linux/signal.h"
#include "kernel/linux/thread.h"
#include "kernel/linux/vdso/vdso.h"
#include "lib/fmt.h"
#include "lib/str.h"

#define STATUS_CANNOT_RUN 126

static struct process first;

static struct exec_strings strings_of(enum payload_type type)
{
    struct exec_strings s = {0};
    size_t size = 0;
    s.data = payload_item(type, &size);
    while (size && s.data[size - 1])
        size--; /* a last string without its NUL isn't one */
    s.size_bytes = size;
    for (size_t i = 0; i < size; i++)
        s.count += s.data[i] == 0;
    return s;
}

/* For /proc/self/maps. */
static void program_name(struct vmobj *o, char *buf, size_t size_bytes)
{
    (void)o;
    fmt_print(buf, size_bytes, "%s", process_self()->exec_path);
}

static void program_file_init(const void *elf, size_t size)
{
    static struct vmobj_ops named;
    vmobj_init_pinned(&exec_payload, virt_to_phys(elf), size);
    named = *exec_payload.ops;
    named.name = program_name;
    exec_payload.ops = &named;
    exec_payload_bytes = elf;
}

static int load(struct exec_args *args)
{
    size_t size;
    const void *elf = payload_item(PAYLOAD_PROGRAM, &size);
    char execfn[sizeof first.exec_path];
    program_file_init(elf, size);
    args->program = &exec_payload;
    args->head = elf;
    args->head_bytes = size;
    args->file_bytes = size;
    args->argv = strings_of(PAYLOAD_ARGV);
    args->envp = strings_of(PAYLOAD_ENVP);
    if (!option_copy("execfn", execfn, sizeof execfn))
        memcpy(execfn, "/program", sizeof "/program");
    memcpy(first.exec_path, execfn, sizeof execfn);
    args->execfn = first.exec_path;
    args->hwcap = cpu_hwcap();
    args->hwcap2 = cpu_hwcap2();
    random_fill(args->random, sizeof args->random);
    random_fill(&args->layout_random, sizeof args->layout_random);
    int err = vdso_map(first.as, &first.vdso);
    args->vdso = first.vdso;
    return err ? err : exec_load(first.as, args, &first.image);
}

static const char *open_streams(void)
{
    for (unsigned fd = 0; fd < 3; fd++) {
        struct file *f;
        if (stdio_open(fd, &f) || fd_install(f, false) != (int)fd)
            return "out of memory for the standard streams";
    }
    return NULL;
}

/* Where the option cwd= wants the program to start. */
static const char *enter_folder(void)
{
    char path[256];
    struct dentry *d;
    if (!option_copy("cwd", path, sizeof path))
        return NULL;
    if (path_lookup(super_top(), path, WALK_FOLLOW | WALK_DIRECTORY, &d))
        return "the folder to start it in isn't there; name one of the root's with --cwd";
    fs_set_cwd(d);
    dentry_put(d);
    return NULL;
}

static const char *load_error(int err)
{
    if (err == -ENOEXEC)
        return elf_load_error_text(first.image.elf);
    return err == -E2BIG ? "its arguments and environment are too long"
                         : "the machine has too little memory for it; give it more with -m";
}

static void on_signal(unsigned signo)
{
    struct linux_siginfo info = {.signo = (int)signo, .code = SI_USER};
    if (signo >= 1 && signo <= SIG_MAX)
        signal_send_process(&first, &info);
}

/* The first thread is called after its program (comm of proc(5)). */
static void name_thread(struct thread *t)
{
    const char *base = first.exec_path;
    for (const char *p = base; *p; p++)
        if (*p == '/')
            base = p + 1;
    memcpy(t->name, base, MIN(strlen(base), sizeof t->name - 1));
}

/* The first thread's first steps, in the kernel: what it needs may sleep. */
static void first_thread(struct task *task)
{
    struct exec_args args = {0};
    int err = load(&args);
    const char *why = err ? load_error(err) : NULL;
    if (!why && (fs_boot(&first.fs) || proc_boot()))
        why = "out of memory for its files";
    if (!why)
        why = enter_folder();
    if (!why)
        why = open_streams();
    if (why)
        program_refuse(why);
    name_thread(thread_of(task));
    struct trapframe *tf = task_frame(task);
    tf->pc = first.image.entry;
    tf->sp = first.image.sp;
    tf->pstate = PSTATE_EL0;
    first.start_ns = clock_mono_ns();
}

const char *program_start(void)
{
    uint64_t layout;
    size_t size;
    if (!payload_item(PAYLOAD_PROGRAM, &size))
        return "the image carries no program; make one with `mazboot build`";
    random_fill(&layout, sizeof layout);
    struct aspace *as = aspace_create(layout);
    if (!as || process_init(&first, as))
        return "the machine has too little memory; give it more with -m";
    struct thread *t = thread_new(&first);
    if (!t)
        return "the machine has too little memory; give it more with -m";
    if (link_up()) {
        link_on_signal(on_signal);
        dump_init();
    }
    t->task.begin = first_thread;
    thread_start(t);
    return NULL;
}

void program_refuse(const char *why)
{
    struct link_exit e = {.status = STATUS_CANNOT_RUN};
    log_err("can't run the program: %s", why);
    console_exit(&e);
    power_off();
}
