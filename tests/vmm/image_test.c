/* SPDX-License-Identifier: Apache-2.0 */
/* vmm/image.c: the bytes of an image, read back by a reader of its own that knows abi/payload.h
 * only as numbers. */
#include "vmm/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

static uint8_t kernel[8192];
static struct image image;

static int setup(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(kernel); i++)
        kernel[i] = (uint8_t)(i * 7);
    memcpy(kernel + 56, "ARM\x64", 4);
    image = (struct image){.kernel = {kernel, sizeof(kernel)}, .kernel_name = "k.img"};
    return 0;
}

static uint64_t number(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = bytes; i > 0; i--)
        value = value << 8 | at[i - 1];
    return value;
}

static void add(enum payload_type type, const void *data, size_t size)
{
    struct error err;

    assert_int_equal(image_add(&image, type, (struct blob){data, size}, &err), 0);
}

/* The image as image_write leaves it. */
static const uint8_t *written(int *fd, uint64_t *size)
{
    struct error err;

    *fd = memfd_create("image", 0);
    assert_int_equal(image_write(&image, *fd, size, &err), 0);
    const uint8_t *bytes = mmap(NULL, *size, PROT_READ, MAP_SHARED, *fd, 0);
    assert_ptr_not_equal(bytes, MAP_FAILED);
    assert_int_equal(lseek(*fd, 0, SEEK_END), *size);
    return bytes;
}

static void layout(void **state)
{
    static uint8_t program[5000], page[4096];
    uint64_t size;
    int fd;

    (void)state;
    memset(program, 0xaa, sizeof(program));
    memset(page, 0xbb, sizeof(page));
    add(PAYLOAD_ARGV, "hello\0x\0", 8);
    add(PAYLOAD_PROGRAM, program, sizeof(program));
    add(PAYLOAD_ROOT, page, sizeof(page));
    const uint8_t *bytes = written(&fd, &size);
    const uint8_t *payload = bytes + 8192;

    assert_int_equal(size, 8192 + 4096 + 4096 + 8192 + 4096);
    assert_memory_equal(bytes, kernel, 16);
    assert_memory_equal(bytes + 24, kernel + 24, sizeof(kernel) - 24);
    assert_true(number(bytes + 16, 8) > size);
    assert_memory_equal(payload, "MAZPAYLD", 8);
    assert_int_equal(number(payload + 8, 4), 1);
    assert_int_equal(number(payload + 12, 4), 3);
    assert_int_equal(number(payload + 16, 8), size - 8192);
    static const struct {
        unsigned type, at, size;
    } expected[] = {{2, 4096, 8}, {1, 8192, 5000}, {6, 16384, 4096}};
    for (unsigned i = 0; i < 3; i++) {
        const uint8_t *item = payload + 24 + 24 * i;
        assert_int_equal(number(item, 4), expected[i].type);
        assert_int_equal(number(item + 4, 4), 0);
        assert_int_equal(number(item + 8, 8), expected[i].at);
        assert_int_equal(number(item + 16, 8), expected[i].size);
        assert_memory_equal(payload + expected[i].at, image.items[i].data.bytes, expected[i].size);
    }
    for (unsigned i = 8192 + 5000; i < 16384; i++)
        assert_int_equal(payload[i], 0);
    munmap((void *)bytes, size);
    close(fd);
}

static void assert_sealed(int fd)
{
    assert_int_equal(pwrite(fd, "x", 1, 0), -1);
    assert_int_equal(errno, EPERM);
    assert_int_equal(ftruncate(fd, 0), -1);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void assert_holds(int fd, const uint8_t *bytes, uint64_t size)
{
    uint8_t *held = malloc(size);

    assert_int_equal(lseek(fd, 0, SEEK_END), size);
    assert_int_equal(pread(fd, held, size, 0), size);
    assert_memory_equal(held, bytes, size);
    free(held);
}

/* Sealed, and one behind the other they are the image. */
static void parts(void **state)
{
    struct image_parts parts;
    struct error err;
    uint64_t size;
    int fd;

    (void)state;
    add(PAYLOAD_ARGV, "hello", 6);
    const uint8_t *whole = written(&fd, &size);
    assert_int_equal(image_parts_open(&image, &parts, &err), 0);
    assert_holds(parts.kernel_fd, whole, sizeof(kernel));
    assert_holds(parts.payload_fd, whole + sizeof(kernel), size - sizeof(kernel));
    assert_sealed(parts.kernel_fd);
    assert_sealed(parts.payload_fd);
    image_parts_close(&parts);
    assert_int_equal(parts.payload_fd, -1);
    munmap((void *)whole, size);
    close(fd);
}

static void no_kernel(void **state)
{
    struct image_parts parts;
    struct error err;
    uint64_t size;

    (void)state;
    kernel[56] = 'a';
    assert_int_equal(image_write(&image, -1, &size, &err), -ENOEXEC);
    assert_string_equal(err.text,
                        "k.img is not an arm64 kernel image of Mazboot; build one with make");
    kernel[56] = 'A';
    image.kernel.size_bytes = 8191;
    assert_int_equal(image_write(&image, -1, &size, &err), -ENOEXEC);
    image.kernel.size_bytes = 0;
    assert_int_equal(image_parts_open(&image, &parts, &err), -ENOEXEC);
    assert_int_equal(parts.kernel_fd, -1);
}

static void too_many_items(void **state)
{
    struct error err;

    (void)state;
    for (unsigned i = 0; i < 64; i++)
        add(PAYLOAD_ARGV, "x", 2);
    assert_int_equal(image_add(&image, PAYLOAD_ARGV, (struct blob){0}, &err), -ENOSPC);
}

static void full_disk(void **state)
{
    struct error err;
    uint64_t size;

    (void)state;
    int fd = open("/dev/full", O_WRONLY);
    assert_int_equal(image_write(&image, fd, &size, &err), -ENOSPC);
    assert_string_equal(err.text, "cannot write the image: No space left on device");
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(layout, setup),    cmocka_unit_test_setup(parts, setup),
        cmocka_unit_test_setup(no_kernel, setup), cmocka_unit_test_setup(too_many_items, setup),
        cmocka_unit_test_setup(full_disk, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
