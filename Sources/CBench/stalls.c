/* What a machine takes from a processor that never rests: what a hypervisor or the kernel does meanwhile shows as a jump of the clock. */
#define _GNU_SOURCE
#include "CBench.h"

#include <pthread.h>
#include <sched.h>

enum { MOST_PROCESSORS = 64 };
#define LEAST_STALL_NANOSECONDS 50000ull

struct watch {
    int processor;
    uint64_t ends, stalled, longest;
};

static void *spin(void *argument) {
    struct watch *watch = argument;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(watch->processor, &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
    for (uint64_t last = bench_now(), now; last < watch->ends; last = now) {
        now = bench_now();
        uint64_t gap = now - last;
        if (gap < LEAST_STALL_NANOSECONDS) continue;
        watch->stalled += gap;
        if (gap > watch->longest) watch->longest = gap;
    }
    return 0;
}

struct bench_stalls bench_measure_stalls(uint64_t nanoseconds) {
    uint64_t processors = bench_processors(), ends = bench_now() + nanoseconds;
    struct watch watches[MOST_PROCESSORS];
    pthread_t threads[MOST_PROCESSORS];
    uint32_t count = 0;
    for (int processor = 0; processor < MOST_PROCESSORS; processor++) {
        if (!(processors >> processor & 1)) continue;
        watches[count] = (struct watch){.processor = processor, .ends = ends};
        if (pthread_create(&threads[count], 0, spin, &watches[count]) == 0) count++;
    }
    struct bench_stalls stalls = {0};
    for (uint32_t index = 0; index < count; index++) {
        pthread_join(threads[index], 0);
        stalls.share += (double)watches[index].stalled / (double)nanoseconds / count;
        if (watches[index].longest > stalls.longest) stalls.longest = watches[index].longest;
    }
    return stalls;
}
