/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of this program share: one line a fact, and children to have facts about. */
#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>

#define DIR_NAME "/tmp/process.d"

extern const char *const self; /* this program */
extern char *const nothing[];  /* an empty environment */
extern char **volatile wrong;  /* an address that nobody may have */

/* say - a result, or errno's name. say_status - what wait says. */
void say(const char *name, long value);
void say_status(const char *name, int status);

/* start - a child by vfork that runs argv, or leaves in *error why it couldn't. run - one whose end
 * is told. start_mode - this program by the name of a mode (modes.c). wait_for - its status. */
pid_t start(const char *path, char *const argv[], char *const envp[], volatile int *error);
void run(const char *name, const char *path, char *const argv[], char *const envp[]);
pid_t start_mode(char *mode);
int wait_for(pid_t pid);

/* put - a file. */
void put(const char *name, const void *bytes, size_t size, mode_t mode);
void put_text(const char *name, const char *text);

/* mode_run - what argv[1] names, and its status; -1: no mode has that name. */
int mode_run(const char *name);

/* The parts, in their order. */
void execs(void);
void waits(void);
void others(void);
void forks(void);
void clones(void);
void limits(void);
void looks(void);
void many(void);

int pidfd_open(pid_t pid, unsigned flags);
int stateful(void *arg);

#endif
