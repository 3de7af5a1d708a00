/* Clocks: how late it is, and how long a process has had a processor. */
#define _GNU_SOURCE
#include "CBench.h"

#include <time.h>

static uint64_t nanoseconds_of(clockid_t clock) {
    struct timespec time;
    return clock_gettime(clock, &time) == 0 ? (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec : 0;
}

uint64_t bench_process_time(pid_t process) {
    clockid_t clock;
    return clock_getcpuclockid(process, &clock) == 0 ? nanoseconds_of(clock) : 0;
}

uint64_t bench_now(void) { return nanoseconds_of(CLOCK_MONOTONIC); }
