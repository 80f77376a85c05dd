/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/inspect/treemap.h"

static double total_of(const uint64_t *sizes, size_t n)
{
    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += (double)sizes[i];
    return total;
}

/* The worst ratio of sides in a row of areas from least to most, sum in all, laid along a side. */
static double worst(double least, double most, double sum, double side)
{
    double s = side * side, a = s * most / (sum * sum), b = sum * sum / (s * least);
    return MAX(a, b);
}

/* How many of the sizes make the best next row along side. */
static size_t row_length(const uint64_t *sizes, size_t n, double scale, double side)
{
    double most = (double)sizes[0] * scale, sum = most, ratio = worst(most, most, sum, side);
    size_t count = 1;
    for (; count < n; count++) {
        double area = (double)sizes[count] * scale, next = worst(area, most, sum + area, side);
        if (next > ratio)
            break;
        sum += area;
        ratio = next;
    }
    return count;
}

static void row_place(struct rect *left, const uint64_t *sizes, size_t count, double scale,
                      struct rect *out)
{
    double sum = total_of(sizes, count) * scale;
    bool upright = left->width > left->height; /* the row is a column at the left */
    double side = upright ? left->height : left->width, depth = side > 0 ? sum / side : 0, at = 0;
    for (size_t i = 0; i < count; i++) {
        double length = depth > 0 ? (double)sizes[i] * scale / depth : 0;
        out[i] = upright ? (struct rect){left->x, left->y + at, depth, length}
                         : (struct rect){left->x + at, left->y, length, depth};
        at += length;
    }
    if (upright)
        left->x += depth, left->width -= depth;
    else
        left->y += depth, left->height -= depth;
}

void treemap_layout(struct rect area, const uint64_t *sizes, size_t n, struct rect *out)
{
    double total = total_of(sizes, n), scale = total > 0 ? area.width * area.height / total : 0;
    for (size_t done = 0; done < n;) {
        double side = MIN(area.width, area.height);
        size_t count = side > 0 ? row_length(sizes + done, n - done, scale, side) : n - done;
        row_place(&area, sizes + done, count, scale, out + done);
        done += count;
    }
}
