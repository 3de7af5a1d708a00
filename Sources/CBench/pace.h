/* When an open loop sends: requests have intended starts at even distances, whatever the server does, and a latency counts from there. So a
   server that stands still for a second is charged for all that should have been sent meanwhile (Gil Tene's "coordinated omission"). */
#ifndef SLUICE_BENCH_PACE_H
#define SLUICE_BENCH_PACE_H

#include "connection.h"

/* What was due in the window is sent for so long after it, nanoseconds; the rest is unsent. */
#define DRAIN_NANOSECONDS 1000000000ull

/* Free slots in the order in which they became free, so that all connections are used in turn. */
struct pace {
    double interval; /* nanoseconds between two requests; 0: a closed loop */
    uint64_t start, due; /* how many requests were due so far */
    struct connection **free;
    uint32_t capacity, first, count;
};

bool pace_prepare(struct pace *pace, const struct bench_load *load, struct connection *connections);
void pace_free(struct pace *pace);
static inline uint64_t pace_next(const struct pace *pace) { return pace->start + (uint64_t)((double)pace->due * pace->interval); }
/* How many starts from `next` on, each this far after the one before, lie in the window. */
uint64_t pace_unsent(uint64_t next, double interval, uint64_t begins, uint64_t ends);
void pace_put(struct pace *pace, struct connection *connection);
/* A connection that is open and has a free slot; null when there is none. */
struct connection *pace_take(struct pace *pace);

#endif
