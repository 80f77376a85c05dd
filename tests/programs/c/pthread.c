/* SPDX-License-Identifier: Apache-2.0 */
/* POSIX threads of a static C library: create and join, mutexes, conditions, thread-local storage,
 * keys, barriers, once. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 16, ROUNDS = 2000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn_changed = PTHREAD_COND_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_barrier_t barrier;
static pthread_key_t key;
static __thread int local_count = 100;
static int counter, turn, once_runs, keys_destroyed;

static void run_all(void *(*body)(void *))
{
    pthread_t threads[THREADS];

    for (intptr_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, body, (void *)i))
            puts("create failed");
    for (int i = 0; i < THREADS; i++)
        if (pthread_join(threads[i], NULL))
            puts("join failed");
}

static void *count(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&lock);
        counter++;
        pthread_mutex_unlock(&lock);
        local_count++;
    }
    if (local_count != 100 + ROUNDS)
        printf("thread %d: local count %d\n", (int)(intptr_t)arg, local_count);
    return NULL;
}

/* Each thread waits for its turn; a lost or stolen wake-up hangs the lot. */
static void *take_turns(void *arg)
{
    int self = (int)(intptr_t)arg;

    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(&lock);
        while (turn % THREADS != self)
            pthread_cond_wait(&turn_changed, &lock);
        turn++;
        pthread_cond_broadcast(&turn_changed);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static void count_once(void)
{
    once_runs++;
}

static void *meet(void *arg)
{
    pthread_setspecific(key, arg ? arg : (void *)1);
    for (int i = 0; i < 20; i++)
        pthread_barrier_wait(&barrier);
    pthread_once(&once, count_once);
    return NULL;
}

static void destroy_key(void *value)
{
    (void)value;
    __atomic_add_fetch(&keys_destroyed, 1, __ATOMIC_RELAXED);
}

static void *end_at_once(void *arg)
{
    return arg;
}

static void come_and_go(void)
{
    int failures = 0;

    for (intptr_t i = 0; i < 500; i++) {
        pthread_t thread;
        void *result;

        if (pthread_create(&thread, NULL, end_at_once, (void *)i) ||
            pthread_join(thread, &result) || result != (void *)i)
            failures++;
    }
    printf("come and go: %d failures\n", failures);
}

static void *sleep_on_condition(void *arg)
{
    pthread_mutex_lock(&lock);
    pthread_cond_wait(&turn_changed, &lock);
    pthread_mutex_unlock(&lock);
    return arg;
}

static void unlock(void *mutex)
{
    pthread_mutex_unlock(mutex);
}

static void *sleep_cancellable(void *arg)
{
    pthread_mutex_lock(&lock);
    pthread_cleanup_push(unlock, &lock);
    for (;;)
        pthread_cond_wait(&turn_changed, &lock);
    pthread_cleanup_pop(1);
    return arg;
}

static void cancel(void)
{
    pthread_t thread;
    void *result;

    pthread_create(&thread, NULL, sleep_cancellable, NULL);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    printf("cancelled: %d\n", result == PTHREAD_CANCELED);
}

int main(void)
{
    run_all(count);
    printf("counter %d, local count of main %d\n", counter, local_count);
    run_all(take_turns);
    printf("turns %d\n", turn);
    pthread_barrier_init(&barrier, NULL, THREADS);
    pthread_key_create(&key, destroy_key);
    run_all(meet);
    printf("once %d, keys destroyed %d\n", once_runs, keys_destroyed);
    come_and_go();
    cancel();

    pthread_t detached;
    pthread_create(&detached, NULL, sleep_on_condition, NULL);
    pthread_detach(detached);
    puts("end with a thread asleep");
    return 0;
}
