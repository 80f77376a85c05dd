/* SPDX-License-Identifier: Apache-2.0 */
/* For lwIP, which includes the C library's by name. */
#include "lib/types.h"
