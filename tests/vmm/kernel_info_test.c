/* SPDX-License-Identifier: Apache-2.0 */
/* Images that say which calls they have, and such as lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "abi/payload.h"
#include "vmm/kernel_info.h"

static uint8_t bytes[256];
static const struct blob image = {bytes, sizeof(bytes)};

/* A table of 4 at the image's byte 128, of which calls 1 and 3 are there. */
static void fill(int32_t table_bytes, uint32_t count)
{
    const int32_t table[4] = {0, -8, 0, 4096};
    struct kernel_info info = {
        .magic = {'M', 'A', 'Z', 'K'}, .table_bytes = table_bytes, .table_count = count};
    memcpy(bytes + 64, &info, sizeof(info));
    memcpy(bytes + 128, table, sizeof(table));
}

static void has_what_its_table_has(void **state)
{
    (void)state;
    fill(60, 4);
    assert_false(kernel_has_call(&image, 0));
    assert_true(kernel_has_call(&image, 1));
    assert_false(kernel_has_call(&image, 2));
    assert_true(kernel_has_call(&image, 3));
    assert_false(kernel_has_call(&image, 4));
    assert_false(kernel_has_call(&image, -1));
}

static void believes_no_lies(void **state)
{
    const struct blob small = {bytes, 70};

    (void)state;
    fill(60, 4);
    assert_false(kernel_has_call(&small, 1));
    fill(184, 1000); /* the table's first entry is the image's last word */
    assert_false(kernel_has_call(&image, 1));
    fill(-60, 4);
    assert_false(kernel_has_call(&image, 1));
    fill(INT32_MAX, 4);
    assert_false(kernel_has_call(&image, 1));
    fill(60, 4);
    bytes[64] = 'X';
    assert_false(kernel_has_call(&image, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_what_its_table_has),
        cmocka_unit_test(believes_no_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
