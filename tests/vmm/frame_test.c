/* SPDX-License-Identifier: Apache-2.0 */
/* vmm/frame.c: a stream cut into pieces of any size gives the frames that were put in. */
#include "vmm/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct frame_reader reader;
static uint8_t stream[400000];
static size_t stream_size;

static int setup(void **state)
{
    (void)state;
    memset(&reader, 0, sizeof(reader));
    stream_size = 0;
    return 0;
}

/* A frame as bytes, by the layout of abi/link.h written out: type, stream, two zeros, size in four
 * bytes. */
static void put(unsigned type, unsigned number, uint32_t size, uint8_t fill)
{
    const uint8_t header[8] = {
        (uint8_t)type,         (uint8_t)number,      0, 0, (uint8_t)size, (uint8_t)(size >> 8),
        (uint8_t)(size >> 16), (uint8_t)(size >> 24)};

    memcpy(stream + stream_size, header, 8);
    memset(stream + stream_size + 8, fill, size);
    stream_size += 8 + size;
}

static void feed(const uint8_t *bytes, size_t size)
{
    size_t space;
    uint8_t *place = frame_space(&reader, &space);

    assert_true(size <= space);
    memcpy(place, bytes, size);
    frame_filled(&reader, size);
}

static int next(struct frame *frame)
{
    struct error err;

    return frame_next(&reader, frame, &err);
}

static void one_frame(void **state)
{
    struct frame frame;

    (void)state;
    put(1, 2, 3, 'x');
    feed(stream, stream_size);
    assert_int_equal(next(&frame), 1);
    assert_int_equal(frame.type, 1);
    assert_int_equal(frame.stream, 2);
    assert_int_equal(frame.size_bytes, 3);
    assert_memory_equal(frame.data, "xxx", 3);
    assert_int_equal(next(&frame), 0);
}

static void largest_frame(void **state)
{
    struct frame frame;

    (void)state;
    put(1, 1, 65536, 'x');
    feed(stream, stream_size);
    assert_int_equal(next(&frame), 1);
    assert_int_equal(frame.size_bytes, 65536);
    put(2, 0, 0, 0);
    feed(stream + 65544, 8);
    assert_int_equal(next(&frame), 1);
    assert_int_equal(frame.size_bytes, 0);
}

static void wrong_frame(const uint8_t header[8])
{
    struct frame frame;

    setup(NULL);
    feed(header, 8);
    assert_int_equal(next(&frame), -EPROTO);
}

static void wrong_frames(void **state)
{
    (void)state;
    wrong_frame((const uint8_t[8]){0, 1, 0, 0, 1});             /* no type */
    wrong_frame((const uint8_t[8]){12, 1, 0, 0, 1});            /* a type that is none */
    wrong_frame((const uint8_t[8]){16, 0, 0, 0, 1});            /* a launcher's type */
    wrong_frame((const uint8_t[8]){1, 0, 0, 0, 1});             /* standard input as output */
    wrong_frame((const uint8_t[8]){1, 3, 0, 0, 1});             /* stream 3 */
    wrong_frame((const uint8_t[8]){1, 1, 0, 0, 1, 0, 1});       /* 65,537 bytes */
    wrong_frame((const uint8_t[8]){2, 0, 0, 0, 0, 0, 0, 0x80}); /* 2 GiB */
    wrong_frame((const uint8_t[8]){4, 0, 0, 0, 3});             /* WANT of 3 bytes */
    wrong_frame((const uint8_t[8]){5, 0, 0, 0, 71});            /* EXIT that is too short */
    wrong_frame((const uint8_t[8]){5, 0, 0, 0, 73});
}

/* 300 random frames in pieces of 1 to 5,000 bytes. */
static void pieces(void **state)
{
    enum { FRAMES = 300 };
    static struct {
        unsigned type, number;
        uint32_t size;
        uint8_t fill;
    } sent[FRAMES];
    size_t at = 0, got = 0;

    (void)state;
    srand(1);
    for (size_t i = 0; i < FRAMES; i++) {
        sent[i].type = 1 + (unsigned)rand() % 5;
        sent[i].number = sent[i].type == 1 ? 1 + (unsigned)rand() % 2 : 0;
        sent[i].size = sent[i].type == 4 ? 4 : sent[i].type == 5 ? 72 : (uint32_t)rand() % 2000;
        sent[i].fill = (uint8_t)rand();
        put(sent[i].type, sent[i].number, sent[i].size, sent[i].fill);
    }
    while (at < stream_size) {
        size_t piece = 1 + (size_t)rand() % (rand() % 2 ? 5000 : 10);
        piece = piece < stream_size - at ? piece : stream_size - at;
        feed(stream + at, piece);
        at += piece;
        for (struct frame frame; next(&frame) == 1; got++) {
            assert_int_equal(frame.type, sent[got].type);
            assert_int_equal(frame.stream, sent[got].number);
            assert_int_equal(frame.size_bytes, sent[got].size);
            for (size_t i = 0; i < frame.size_bytes; i++)
                assert_int_equal(frame.data[i], sent[got].fill);
        }
    }
    assert_int_equal(got, FRAMES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_frame, setup),
        cmocka_unit_test_setup(largest_frame, setup),
        cmocka_unit_test_setup(wrong_frames, setup),
        cmocka_unit_test_setup(pieces, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
