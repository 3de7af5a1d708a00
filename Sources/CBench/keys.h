/* Which records a workload asks for. The distributions are those of YCSB (com.yahoo.ycsb.generator: UniformLong, ScrambledZipfian,
   SkewedLatest), with its constant 0.99. */
#ifndef SLUICE_BENCH_KEYS_H
#define SLUICE_BENCH_KEYS_H

#include "CBench.h"

struct random {
    uint64_t state; /* never 0 */
};

/* Uniform enough for choosing records, and far cheaper than what it chooses for: xorshift64*. */
static inline uint64_t random_next(struct random *random) {
    random->state ^= random->state >> 12;
    random->state ^= random->state << 25;
    random->state ^= random->state >> 27;
    return random->state * 0x2545f4914f6cdd1dull;
}

/* 0 to bound-1. */
static inline uint64_t random_below(struct random *random, uint64_t bound) {
    return (uint64_t)((unsigned __int128)random_next(random) * bound >> 64);
}

/* More than 0, 1 at most. */
static inline double random_share(struct random *random) { return ((double)(random_next(random) >> 11) + 1) * 0x1p-53; }

struct keys {
    enum bench_keys kind;
    uint64_t records;
    double items, zeta, eta; /* of the zipfian distribution over `items` */
};

struct keys keys_of(enum bench_keys kind, uint64_t records);
/* A record of those there were at first or, for BENCH_LATEST, of the `newest` there are, the last ones most often. */
uint64_t keys_choose(const struct keys *keys, struct random *random, uint64_t newest);

#endif
