// SPDX-License-Identifier: Apache-2.0
// Boost.Fiber, on one thread (its default scheduler).
#include <boost/fiber/all.hpp>
#include <vector>

#include "bench/gort/peers/peer.h"

using boost::fibers::fiber;
using unbuffered = boost::fibers::unbuffered_channel<long>;
using buffered_channel = boost::fibers::buffered_channel<long>;

static void yielder()
{
    for (long i = 0; i < n / 2; i++)
        boost::this_fiber::yield();
}

static void yield()
{
    fiber a(yielder), b(yielder);
    a.join();
    b.join();
}

static void spawn()
{
    for (long i = 0; i < n; i += 100) {
        std::vector<fiber> f;
        for (int k = 0; k < 100; k++)
            f.emplace_back([] {});
        for (auto &one : f)
            one.join();
    }
}

static void pingpong()
{
    unbuffered a, b;
    fiber echo([&] {
        long v;
        while (a.pop(v) == boost::fibers::channel_op_status::success)
            b.push(v);
    });
    for (long i = 0, v; i < n / 2; i++) {
        a.push(i);
        b.pop(v);
    }
    a.close();
    echo.join();
}

template <class C> static void stream_over(C &c)
{
    fiber sink([&] {
        long v;
        while (c.pop(v) == boost::fibers::channel_op_status::success)
            ;
    });
    for (long i = 0; i < n; i++)
        c.push(i);
    c.close();
    sink.join();
}

static void stream()
{
    unbuffered c;
    stream_over(c);
}

static void buffered()
{
    buffered_channel c(128);
    stream_over(c);
}

static void ring()
{
    std::vector<unbuffered> c(1000);
    std::vector<fiber> f;
    for (size_t i = 0; i < 999; i++)
        f.emplace_back([&c, i] {
            long v;
            while (c[i].pop(v) == boost::fibers::channel_op_status::success)
                c[i + 1].push(v - 1);
            c[i + 1].close();
        });
    for (long v = n; v > 0;) {
        c[0].push(v);
        c[999].pop(v);
    }
    c[0].close();
    for (auto &one : f)
        one.join();
}

static void mutex()
{
    boost::fibers::mutex m;
    for (long i = 0; i < n; i++) {
        m.lock();
        m.unlock();
    }
}

int main(int argc, char **argv)
{
    static const bench benches[] = {{"yield", yield},   {"spawn", spawn},       {"pingpong", pingpong},
                                    {"stream", stream}, {"buffered", buffered}, {"ring", ring},
                                    {"mutex", mutex}};
    return peer_main(argc, argv, benches, 7);
}
