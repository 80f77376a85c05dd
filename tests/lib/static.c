/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest static program with text, read-only data, data and .bss: a real linker's work for
 * elf_test. */
void _start(void);

const char *volatile text = "read-only";
volatile int data = 1;
volatile char bss[100000];

void _start(void)
{
    for (;;)
        bss[data]++;
}
