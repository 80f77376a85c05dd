/* SPDX-License-Identifier: Apache-2.0 */
/* The scripts that both kernels run. */
#ifndef TESTS_FS_SCRIPTS_H
#define TESTS_FS_SCRIPTS_H

#include "tests/fs/script.h"

script_fn script_random_files;   /* random_files.c */
script_fn script_random_streams; /* random_streams.c */
script_fn script_random_sockets; /* random_sockets.c */

#endif
