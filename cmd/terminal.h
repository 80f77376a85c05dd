/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal that is the program's standard input: its Ctrl-T is ours while the machine runs. */
#ifndef CMD_TERMINAL_H
#define CMD_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

struct terminal {
    bool there; /* standard input is one */
    struct termios saved;
};

/* terminal_take - have Ctrl-T end a line, so that it can be read at once; only while this process
 * is in the terminal's foreground. terminal_give - as it was before. */
void terminal_take(struct terminal *t);
void terminal_give(const struct terminal *t);

#endif
