/* SPDX-License-Identifier: Apache-2.0 */
/* Rectangles whose areas are proportional to sizes, as near to squares as they get. */
#ifndef CMD_INSPECT_TREEMAP_H
#define CMD_INSPECT_TREEMAP_H

#include "lib/types.h"

struct rect {
    double x, y, width, height;
};

/* Divides area among n sizes, which are ordered largest first and positive, into out. Method:
 * squarified treemaps (Bruls, Huizing, van Wijk, 2000). */
void treemap_layout(struct rect area, const uint64_t *sizes, size_t n, struct rect *out);

#endif
