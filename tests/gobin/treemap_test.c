/* SPDX-License-Identifier: Apache-2.0 */
/* The treemap: areas are right, everything is inside, nothing overlaps. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cmd/inspect/treemap.h"

static void check(const uint64_t *sizes, size_t n)
{
    struct rect area = {10, 20, 640, 400}, out[64];
    double total = 0;
    treemap_layout(area, sizes, n, out);
    for (size_t i = 0; i < n; i++)
        total += (double)sizes[i];
    for (size_t i = 0; i < n; i++) {
        const struct rect *r = &out[i];
        double expected = area.width * area.height * (double)sizes[i] / total;
        assert_true(fabs(r->width * r->height - expected) < 1e-6 * area.width * area.height);
        assert_true(r->x >= area.x - 1e-6 && r->x + r->width <= area.x + area.width + 1e-6);
        assert_true(r->y >= area.y - 1e-6 && r->y + r->height <= area.y + area.height + 1e-6);
        for (size_t k = 0; k < i; k++) {
            double wide = fmin(r->x + r->width, out[k].x + out[k].width) - fmax(r->x, out[k].x);
            double high = fmin(r->y + r->height, out[k].y + out[k].height) - fmax(r->y, out[k].y);
            assert_true(wide < 1e-6 || high < 1e-6);
        }
    }
}

static void test_treemap(void **state)
{
    static const uint64_t paper[] = {6, 6, 4, 3, 2, 2, 1}, one[] = {7},
                          steep[] = {1000000, 1000, 10, 1, 1, 1};
    uint64_t many[64];
    (void)state;
    for (size_t i = 0; i < 64; i++)
        many[i] = 70000 / (i + 1);
    check(paper, 7);
    check(one, 1);
    check(steep, 6);
    check(many, 64);
}

static void same(const struct rect *got, double x, double y, double width, double height)
{
    assert_true(fabs(got->x - x) < 1e-9 && fabs(got->y - y) < 1e-9);
    assert_true(fabs(got->width - width) < 1e-9 && fabs(got->height - height) < 1e-9);
}

/* The example of the paper that describes the method: 6 by 4, first a column of two, then a row of
 * two. */
static void test_example(void **state)
{
    static const uint64_t sizes[] = {6, 6, 4, 3, 2, 2, 1};
    struct rect out[7];
    (void)state;
    treemap_layout((struct rect){0, 0, 6, 4}, sizes, 7, out);
    same(&out[0], 0, 0, 3, 2);
    same(&out[1], 0, 2, 3, 2);
    same(&out[2], 3, 0, 12.0 / 7, 7.0 / 3);
    same(&out[3], 3 + 12.0 / 7, 0, 9.0 / 7, 7.0 / 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_treemap),
                                       cmocka_unit_test(test_example)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
