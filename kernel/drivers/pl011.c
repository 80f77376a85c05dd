/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/drivers/pl011.h. Owns the UART's registers; no lock: a panic must get through while
 * another CPU writes. */
#include "kernel/drivers/pl011.h"
#include "kernel/arch/io.h"

enum pl011_register {
    UARTDR = 0x00,
    UARTFR = 0x18,
    UARTLCR_H = 0x2c,
    UARTCR = 0x30,
    UARTIMSC = 0x38,
    UARTICR = 0x44,
};

enum {
    FR_TXFF = 1 << 5, /* no room to send */
    LCR_FIFO_8BIT = 1 << 4 | 3 << 5,
    CR_ENABLE_BOTH = 1 << 0 | 1 << 8 | 1 << 9,
    INT_ALL = 0x7ff,
};

/* Reads of the flag register before a full FIFO is taken for a dead line: a second or more at the
 * slowest usual speed. */
#define TX_PATIENCE 2000000u

static volatile void *uart;

void pl011_init(volatile void *base)
{
    uart = base;
    if (!uart)
        return;
    mmio_write32(uart, UARTIMSC, 0);
    mmio_write32(uart, UARTICR, INT_ALL);
    mmio_write32(uart, UARTLCR_H, LCR_FIFO_8BIT);
    mmio_write32(uart, UARTCR, CR_ENABLE_BOTH);
}

static bool pl011_send(char c)
{
    for (unsigned i = 0; mmio_read32(uart, UARTFR) & FR_TXFF; i++)
        if (i == TX_PATIENCE)
            return false;
    mmio_write32(uart, UARTDR, (uint8_t)c);
    return true;
}

void pl011_write(const char *text, size_t size_bytes)
{
    if (!uart)
        return;
    for (size_t i = 0; i < size_bytes; i++) {
        if (text[i] == '\n' && !pl011_send('\r'))
            return;
        if (!pl011_send(text[i]))
            return;
    }
}
