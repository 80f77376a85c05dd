/* SPDX-License-Identifier: Apache-2.0 */
/* The support functions that Printf and LogKmsg call: the text of prelude.rtg. */
#ifndef RTGC_PRELUDE_H
#define RTGC_PRELUDE_H

extern const char prelude_source[], prelude_end[];

#endif
