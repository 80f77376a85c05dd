/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Included before everything in test_idle: atomic operations become points where the test may let
 * another M go on. The order of memory is sequentially consistent here; what weaker machines may do
 * is the subject of the argument in idle.h.
 */
#ifndef TESTS_GORT_MODEL_H
#define TESTS_GORT_MODEL_H

#include <stdatomic.h>

void model_step(void);

#ifdef MODEL_ALL /* relaxed ones and the like, too */
#undef atomic_load_explicit
#undef atomic_store_explicit
#undef atomic_exchange_explicit
#define atomic_load_explicit(p, o)        (model_step(), __c11_atomic_load(p, o))
#define atomic_store_explicit(p, v, o)    (model_step(), __c11_atomic_store(p, v, o))
#define atomic_exchange_explicit(p, v, o) (model_step(), __c11_atomic_exchange(p, v, o))
#endif

#undef atomic_load
#undef atomic_store
#undef atomic_fetch_add
#undef atomic_fetch_sub
#undef atomic_fetch_and
#undef atomic_fetch_or
#undef atomic_compare_exchange_strong
#define atomic_load(p)         (model_step(), __c11_atomic_load(p, __ATOMIC_SEQ_CST))
#define atomic_store(p, v)     (model_step(), __c11_atomic_store(p, v, __ATOMIC_SEQ_CST))
#define atomic_fetch_add(p, v) (model_step(), __c11_atomic_fetch_add(p, v, __ATOMIC_SEQ_CST))
#define atomic_fetch_sub(p, v) (model_step(), __c11_atomic_fetch_sub(p, v, __ATOMIC_SEQ_CST))
#define atomic_fetch_and(p, v) (model_step(), __c11_atomic_fetch_and(p, v, __ATOMIC_SEQ_CST))
#define atomic_fetch_or(p, v)  (model_step(), __c11_atomic_fetch_or(p, v, __ATOMIC_SEQ_CST))
#define atomic_compare_exchange_strong(p, e, d) \
    (model_step(),                              \
     __c11_atomic_compare_exchange_strong(p, e, d, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))

#endif
