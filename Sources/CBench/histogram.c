/* Latencies without keeping each: what the generator adds at every reply must cost a few nanoseconds. */
#include "CBench.h"

enum { BITS = BENCH_HISTOGRAM_BITS, HALF = 1 << BITS };

/* Values below 2^BITS have a bucket each; above, the BITS bits after the leading one choose among the buckets of that power of two. */
static uint32_t bucket_of(uint64_t value) {
    if (value < HALF) return (uint32_t)value;
    uint32_t shift = 63 - (uint32_t)__builtin_clzll(value) - BITS;
    uint32_t bucket = ((shift + 1) << BITS) + (uint32_t)((value >> shift) & (HALF - 1));
    return bucket < BENCH_HISTOGRAM_BUCKETS ? bucket : BENCH_HISTOGRAM_BUCKETS - 1;
}

static uint64_t middle_of(uint32_t bucket) {
    if (bucket < HALF) return bucket;
    uint32_t shift = (bucket >> BITS) - 1;
    uint64_t lowest = (uint64_t)(HALF + (bucket & (HALF - 1))) << shift;
    return lowest + ((1ull << shift) >> 1);
}

void bench_histogram_record(struct bench_histogram *histogram, uint64_t nanoseconds) {
    histogram->counts[bucket_of(nanoseconds)]++;
    histogram->count++;
    histogram->total += nanoseconds;
    if (nanoseconds > histogram->max) histogram->max = nanoseconds;
}

void bench_histogram_merge(struct bench_histogram *into, const struct bench_histogram *other) {
    for (uint32_t bucket = 0; bucket < BENCH_HISTOGRAM_BUCKETS; bucket++) into->counts[bucket] += other->counts[bucket];
    into->count += other->count;
    into->total += other->total;
    if (other->max > into->max) into->max = other->max;
}

uint64_t bench_histogram_quantile(const struct bench_histogram *histogram, double share) {
    if (histogram->count == 0) return 0;
    uint64_t rank = (uint64_t)(share * (double)histogram->count);
    if (rank >= histogram->count) return histogram->max;
    uint64_t seen = 0;
    for (uint32_t bucket = 0; bucket < BENCH_HISTOGRAM_BUCKETS; bucket++) {
        seen += histogram->counts[bucket];
        if (seen > rank) return middle_of(bucket) < histogram->max ? middle_of(bucket) : histogram->max;
    }
    return histogram->max;
}
