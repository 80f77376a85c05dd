/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtio console, the link and standard input against a model of the device (model.c), which
 * keeps the rules or breaks them. What is expected of the stream is worked out here from abi/link.h
 * alone.
 */
#include <string.h>

#include "abi/errno.h"
#include "kernel/core/console.h"
#include "kernel/core/link.h"
#include "tests/drivers/model.h"
#include "tests/drivers/rig.h"
#include "tests/fake/machine.h"

#define MANY 8 /* transmit buffers that the driver has */

static unsigned signals[64], nsignals, dumps;

static void on_signal(unsigned signo)
{
    signals[nsignals++] = signo;
}

static void on_dump(void)
{
    dumps++;
}

/* All data of frames of this type and stream that the device has got, one after the other; frames
 * must be whole. */
static size_t collect(unsigned type, unsigned stream, uint8_t *to)
{
    size_t size, done = 0;
    const uint8_t *at = model_sent(&size), *end = at + size;
    while (at < end) {
        CHECK(end - at >= 8 && at[2] == 0 && at[3] == 0);
        size_t n = at[4] | at[5] << 8 | at[6] << 16 | (size_t)at[7] << 24;
        CHECK(n <= 65536 && (size_t)(end - at) >= 8 + n);
        if (at[0] == type && at[1] == stream) {
            memcpy(to + done, at + 8, n);
            done += n;
        }
        at += 8 + n;
    }
    return done;
}

/* Feed a frame, or any bytes, in pieces of `most`, delivering interrupts as they come. */
static void feed(const void *bytes, size_t size, size_t most)
{
    for (size_t done = 0; done < size;) {
        done += model_feed((const uint8_t *)bytes + done, size - done, most);
        rig_interrupt();
    }
}

static void feed_frame(unsigned type, const void *data, uint32_t size, size_t most)
{
    uint8_t frame[8 + 8192] = {(uint8_t)type,        0, 0, 0, (uint8_t)size, (uint8_t)(size >> 8),
                               (uint8_t)(size >> 16)};
    memcpy(frame + 8, data, size);
    feed(frame, 8 + size, most);
}

static void check_output(bool legacy, bool several)
{
    static uint8_t data[20000], got[20000];
    rig_start(legacy, several);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + i / 256);
    CHECK(console_write(1, data, 5) == 5);
    CHECK(console_write(1, data + 5, sizeof data - 5) == (long)sizeof data - 5);
    CHECK(console_write(2, "error", 5) == 5 && console_write(1, data, 0) == 0);
    console_log("log\n", 4);
    struct {
        struct link_trace line;
        char text[6];
    } trace = {{.entry = 1}, {'t', 'r', 'a', 'c', 'e', '\n'}};
    console_trace(&trace.line, 6);
    CHECK(collect(LINK_OUT, 1, got) == sizeof data && memcmp(got, data, sizeof data) == 0);
    CHECK(collect(LINK_OUT, 2, got) == 5 && memcmp(got, "error", 5) == 0);
    CHECK(collect(LINK_LOG, 0, got) == 4 && memcmp(got, "log\n", 4) == 0);
    CHECK(collect(LINK_TRACE, 0, got) == sizeof trace.line + 6 &&
          memcmp(got, &trace, sizeof trace.line + 6) == 0);
    CHECK(!model_line() && rig_uart[0] == 0);
}

static void test_output_legacy(void)
{
    check_output(true, false);
}

static void test_output_current(void)
{
    check_output(false, false);
}

static void test_output_several_ports(void)
{
    check_output(true, true);
}

static void test_output_several_ports_current(void)
{
    check_output(false, true);
}

static void complete_one(void)
{
    model_complete(1);
}

/* With all buffers out a writer sleeps, and goes on when the device has finished with one. */
static void test_slow_device(void)
{
    static uint8_t got[100000];
    char text[16];
    size_t want = 0;
    rig_start(false, true);
    model_lazy(true);
    rig_on_sleep = complete_one;
    for (unsigned i = 0; i < 1000; i++) {
        int n = snprintf(text, sizeof text, "%u ", i);
        CHECK(console_write(1, text, (size_t)n) == n);
        want += (size_t)n;
    }
    while (model_complete(3))
        rig_interrupt();
    CHECK(collect(LINK_OUT, 1, got) == want && memcmp(got + want - 8, "998 999 ", 8) == 0);
}

static void test_interrupted_write(void)
{
    static uint8_t big[65536];
    rig_start(true, false);
    model_lazy(true);
    rig_on_sleep = complete_one;
    rig_sleep_result = -ERESTARTSYS;
    long n = console_write(1, big, sizeof big);
    CHECK(n == MANY * 4088);
    CHECK(console_write(1, big, 10) == -ERESTARTSYS);
}

/* Log text from any context is polled out, and dropped when nobody takes it for a second; then not
 * waited for again. */
static void test_stuck_device(void)
{
    static uint8_t got[4096];
    rig_start(true, false);
    model_lazy(true);
    console_log("x", 1);
    int64_t begin_ns = rig_now_ns;
    console_log("lost", 4);
    CHECK(rig_now_ns - begin_ns > 900000000 && rig_now_ns - begin_ns < 1200000000);
    begin_ns = rig_now_ns;
    console_log("lost too", 8);
    CHECK(rig_now_ns - begin_ns < 1000000);
    model_complete(MANY);
    console_log("back", 4);
    model_complete(MANY);
    CHECK(collect(LINK_LOG, 0, got) == 5 && memcmp(got, "xback", 5) == 0);
}

static void test_exit(void)
{
    static uint8_t got[4096];
    struct link_exit e = {.status = 3, .faults = 77};
    rig_start(false, true);
    console_write(1, "end", 3);
    console_exit(&e);
    CHECK(collect(LINK_EXIT, 0, got) == sizeof e && memcmp(got, &e, sizeof e) == 0);
}

/* What the launcher was last asked for. */
static uint32_t asked(void)
{
    static uint8_t got[65536];
    uint32_t want;
    size_t n = collect(LINK_WANT, 0, got);
    CHECK(n % 4 == 0);
    if (n == 0)
        return 0;
    memcpy(&want, got + n - 4, 4);
    return want;
}

static size_t requests(void)
{
    static uint8_t got[65536];
    return collect(LINK_WANT, 0, got) / 4;
}

static const uint8_t *input;
static size_t input_bytes, input_most;

/* The launcher answers what it was asked, with as much as it has. */
static void answer(void)
{
    static size_t answered;
    if (requests() == answered)
        return;
    answered++;
    uint32_t n = asked();
    n = n < input_bytes ? n : (uint32_t)input_bytes;
    feed_frame(LINK_STDIN, input, n, input_most);
    input += n;
    input_bytes -= n;
}

static void test_input(void)
{
    static uint8_t data[50000], buf[5000];
    size_t done = 0;
    rig_start(false, true);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 13 + i / 256);
    input = data;
    input_bytes = sizeof data;
    rig_on_sleep = answer;
    for (unsigned i = 1;; i++) {
        input_most = 1 + i * 37 % 1200;
        size_t want = i * 131 % sizeof buf + 1;
        long n = console_read(buf, want, true);
        CHECK(n >= 0 && (size_t)n <= want && asked() <= 4096);
        if (n == 0)
            break;
        CHECK(memcmp(buf, data + done, (size_t)n) == 0);
        done += (size_t)n;
    }
    CHECK(done == sizeof data);
    CHECK(console_read(buf, 10, true) == 0); /* asked again, and again told the end */
    CHECK(requests() >= 2);
}

static void test_input_polled(void)
{
    uint8_t buf[16];
    rig_start(true, false);
    CHECK(console_read(buf, 3, false) == -EAGAIN && asked() == 3 && requests() == 1);
    CHECK(!console_input_ready() && requests() == 1);
    feed_frame(LINK_STDIN, "ab", 2, 1);
    CHECK(console_input_ready() && requests() == 1);
    CHECK(console_read(buf, 1, false) == 1 && buf[0] == 'a');
    CHECK(console_read(buf, 9, false) == 1 && buf[0] == 'b');
    CHECK(!console_input_ready() && requests() == 2 && asked() == 4096);
    feed_frame(LINK_STDIN, "", 0, 100);
    CHECK(console_input_ready() && console_read(buf, 9, false) == 0);
    CHECK(console_read(buf, 9, false) == -EAGAIN && requests() == 3);
    CHECK(console_read(buf, 0, true) == 0);
    rig_on_sleep = complete_one;
    rig_sleep_result = -ERESTARTSYS;
    CHECK(console_read(buf, 9, true) == -ERESTARTSYS);
    feed_frame(LINK_STDIN, "late", 4, 100);
    CHECK(console_read(buf, 9, true) == 4 && memcmp(buf, "late", 4) == 0);
}

/* Another reader takes the answer that this one slept for: there must be a new request. */
static void steal(void)
{
    static unsigned times;
    char c[4];
    times++;
    feed_frame(LINK_STDIN, times == 1 ? "ab" : "cd", 2, 100);
    if (times == 1)
        CHECK(console_read(c, 4, false) == 2);
}

static void test_two_readers(void)
{
    char c[4];
    rig_start(false, true);
    rig_on_sleep = steal;
    CHECK(console_read(c, 4, true) == 2 && memcmp(c, "cd", 2) == 0 && requests() == 2);
}

/* Bytes that come in while a writer takes back the interrupt must not be forgotten. */
static void test_input_during_output(void)
{
    uint32_t interrupt = 2;
    uint8_t frame[12] = {LINK_SIGNAL, 0, 0, 0, 4};
    rig_start(false, true);
    link_on_signal(on_signal);
    memcpy(frame + 8, &interrupt, 4);
    CHECK(model_feed(frame, sizeof frame, 100) == sizeof frame);
    console_write(1, "x", 1);
    CHECK(!model_line());
    rig_interrupt();
    CHECK(nsignals == 1 && signals[0] == 2);
}

static void test_signals(void)
{
    rig_start(true, false);
    link_on_signal(on_signal);
    link_on_dump(on_dump);
    for (uint32_t s = 1; s <= 40; s++)
        feed_frame(LINK_SIGNAL, &s, 4, 1 + s % 12);
    feed_frame(LINK_DUMP, "", 0, 3);
    CHECK(nsignals == 40 && signals[0] == 1 && signals[39] == 40 && dumps == 1);
}

/* After a frame that makes no sense: a word in the log, input ends, output goes on. */
static void check_protocol_error(const void *bytes, size_t size, const char *what)
{
    static uint8_t got[4096], buf[10];
    rig_start(false, true);
    link_on_signal(on_signal);
    CHECK(console_read(buf, 3, false) == -EAGAIN);
    model_feed(bytes, size, 100);
    rig_interrupt();
    CHECK(strstr(rig_log, what));
    CHECK(console_read(buf, 3, true) == 0 && console_input_ready());
    uint32_t s = 2;
    feed_frame(LINK_SIGNAL, &s, 4, 100);
    CHECK(nsignals == 0);
    CHECK(console_write(1, "on", 2) == 2 && collect(LINK_OUT, 1, got) == 2);
}

static void test_unknown_frame(void)
{
    check_protocol_error("\x63\0\0\0\x01\0\0\0x", 9, "unknown type");
}

static void test_too_much_input(void)
{
    check_protocol_error("\x10\0\0\0\x04\0\0\0abcd", 12, "more input");
}

static void test_wrong_signal_size(void)
{
    check_protocol_error("\x11\0\0\0\x05\0\0\0abcde", 13, "signal frame");
}

static void test_wrong_dump_size(void)
{
    check_protocol_error("\x12\0\0\0\x01\0\0\0a", 9, "dump frame");
}

static void test_unasked_input(void)
{
    uint8_t buf[4];
    rig_start(false, true);
    feed_frame(LINK_STDIN, "abc", 3, 100);
    CHECK(strstr(rig_log, "more input") && console_read(buf, 4, true) == 0);
}

/* A device that lies is turned off and told about; the program's output goes on over the UART. */
static void check_lie(unsigned queue, enum model_lie lie)
{
    uint8_t buf[4];
    rig_start(queue == 0, queue == 2 || queue == 1);
    console_write(1, "a", 1);
    CHECK(console_read(buf, 4, false) == -EAGAIN);
    model_lie(queue, lie);
    if (queue == 0) {
        model_feed((const uint8_t *)"bcd", 3, 1);
        rig_interrupt();
    } else if (queue == 1) {
        console_write(1, "b", 1);
    } else {
        CHECK(model_tell(1, 6, 0));
    }
    rig_interrupt();
    CHECK(model_is_reset() && !link_up());
    CHECK(strstr(rig_log, queue == 0 ? "receive" : queue == 1 ? "transmit" : "control"));
    CHECK(console_write(2, "to the uart", 11) == 11 && strstr(rig_uart, "to the uart"));
    CHECK(console_read(buf, 4, true) == 0);
    struct link_exit e = {0};
    console_exit(&e);
}

#define LIE_TEST(name, queue, lie) \
    static void name(void)         \
    {                              \
        check_lie(queue, lie);     \
    }

LIE_TEST(test_tx_id_too_big, 1, LIE_ID_TOO_BIG)
LIE_TEST(test_tx_id_not_given, 1, LIE_ID_NOT_GIVEN)
LIE_TEST(test_tx_index, 1, LIE_INDEX)
LIE_TEST(test_control_id_too_big, 2, LIE_ID_TOO_BIG)
LIE_TEST(test_control_length, 2, LIE_LENGTH)
LIE_TEST(test_rx_id_too_big, 0, LIE_ID_TOO_BIG)
LIE_TEST(test_rx_length, 0, LIE_LENGTH)
LIE_TEST(test_rx_index, 0, LIE_INDEX)

/* The device goes on talking in the control queue: its buffers always come back, and the link does
 * not care. */
static void test_control_messages(void)
{
    static uint8_t got[4096];
    rig_start(false, true);
    for (unsigned i = 0; i < 100; i++) {
        CHECK(model_tell(i % 3, (uint16_t)(i % 8), (uint16_t)i));
        if (i % 3 == 0)
            rig_interrupt();
    }
    CHECK(console_write(1, "still here", 10) == 10 && collect(LINK_OUT, 1, got) == 10);
}

static void test_tx_id_twice(void)
{
    rig_start(true, false);
    model_lazy(true);
    console_write(1, "a", 1);
    console_write(1, "b", 1);
    model_lie(1, LIE_ID_TWICE);
    CHECK(model_complete(2) == 2);
    rig_interrupt();
    CHECK(model_is_reset() && strstr(rig_log, "transmit"));
}

/* Whoever sleeps for a buffer learns that there will be none. */
static void lie_while_asleep(void)
{
    model_lie(1, LIE_ID_TOO_BIG);
    model_complete(1);
}

static void test_lie_while_asleep(void)
{
    static uint8_t big[40000];
    rig_start(false, true);
    model_lazy(true);
    rig_on_sleep = lie_while_asleep;
    CHECK(console_write(1, big, sizeof big) == MANY * 4088 && !link_up());
}

/* The link dies in the very interrupt that brings buffers back. */
static void lie_with_room(void)
{
    model_lie(0, LIE_ID_TOO_BIG);
    model_complete(2);
    model_feed((const uint8_t *)"x", 1, 1);
}

static void test_lie_with_room(void)
{
    static uint8_t big[40000];
    rig_start(true, true);
    model_lazy(true);
    rig_on_sleep = lie_with_room;
    CHECK(console_write(1, big, sizeof big) == MANY * 4088 && !link_up());
}

/* A writer sleeps while somebody logs, and the log takes back the buffers and the interrupt: the
 * sleeper must hear of it. */
static void complete_and_log(void)
{
    model_complete(MANY);
    console_log("x", 1);
}

static void test_log_beside_sleeper(void)
{
    static uint8_t big[80000], got[80000];
    rig_start(false, true);
    model_lazy(true);
    rig_on_sleep = complete_and_log;
    CHECK(console_write(1, big, sizeof big) == sizeof big);
    model_complete(MANY);
    CHECK(collect(LINK_OUT, 1, got) == sizeof big);
}

static unsigned moves;

static void random_moves(void)
{
    moves++;
    model_complete((unsigned)random_below(4));
}

/* Random writes to three streams by a device of random speed: every stream arrives whole and in
 * order. */
static void test_random_traffic(void)
{
    static uint8_t want[3][1 << 19], got[1 << 19];
    static uint8_t data[9000];
    size_t sizes[3] = {0};
    rig_start(true, false);
    rig_on_sleep = random_moves;
    random_seed(5);
    for (unsigned i = 0; i < 300; i++) {
        unsigned stream = (unsigned)random_below(3);
        size_t size = random_below(random_below(4) ? 40 : sizeof data) + 1;
        if (sizes[stream] + size > sizeof got)
            continue;
        for (size_t k = 0; k < size; k++)
            data[k] = (uint8_t)random_next();
        model_lazy(random_below(20) > 0);
        CHECK(console_write(stream, data, size) == (long)size);
        memcpy(want[stream] + sizes[stream], data, size);
        sizes[stream] += size;
        if (random_below(2))
            rig_interrupt();
    }
    while (model_complete(1))
        rig_interrupt();
    for (unsigned s = 0; s < 3; s++)
        CHECK(collect(LINK_OUT, s, got) == sizes[s] && memcmp(got, want[s], sizes[s]) == 0);
    CHECK(moves > 10);
}

#define ALONE(test) run_alone(#test, test)

int main(void)
{
    int failed =
        ALONE(test_output_legacy) + ALONE(test_output_current) + ALONE(test_output_several_ports) +
        ALONE(test_output_several_ports_current) + ALONE(test_slow_device) +
        ALONE(test_interrupted_write) + ALONE(test_stuck_device) + ALONE(test_exit) +
        ALONE(test_input) + ALONE(test_input_polled) + ALONE(test_two_readers) +
        ALONE(test_input_during_output) + ALONE(test_signals) + ALONE(test_unknown_frame) +
        ALONE(test_too_much_input) + ALONE(test_wrong_signal_size) + ALONE(test_wrong_dump_size) +
        ALONE(test_unasked_input) + ALONE(test_tx_id_too_big) + ALONE(test_tx_id_not_given) +
        ALONE(test_tx_index) + ALONE(test_rx_id_too_big) + ALONE(test_control_id_too_big) +
        ALONE(test_control_length) + ALONE(test_control_messages) + ALONE(test_tx_id_twice) +
        ALONE(test_rx_length) + ALONE(test_rx_index) + ALONE(test_lie_while_asleep) +
        ALONE(test_lie_with_room) + ALONE(test_log_beside_sleeper) + ALONE(test_random_traffic);
    return failed != 0;
}
