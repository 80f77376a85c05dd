/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/terminal.h"

#include <unistd.h>

static bool in_foreground(void)
{
    return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

void terminal_take(struct terminal *t)
{
    struct termios now;

    t->there = tcgetattr(STDIN_FILENO, &t->saved) == 0;
    if (!t->there || !in_foreground())
        return;
    now = t->saved;
    now.c_cc[VEOL2] = 'T' - '@';
    tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
}

void terminal_give(const struct terminal *t)
{
    if (t->there && in_foreground())
        tcsetattr(STDIN_FILENO, TCSADRAIN, &t->saved);
}
