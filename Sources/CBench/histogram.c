/* Latencies without keeping each: what the generator adds at every reply must cost a few nanoseconds. */
#include "CBench.h"

/* Values below 2^bits have a bucket each; above, the bits after the leading one choose among the buckets of that power of two. */
static inline uint32_t bucket_of(uint64_t value, uint32_t bits, uint32_t buckets) {
    if (value < 1ull << bits) return (uint32_t)value;
    uint32_t shift = 63 - (uint32_t)__builtin_clzll(value) - bits;
    uint32_t bucket = ((shift + 1) << bits) + (uint32_t)((value >> shift) & ((1u << bits) - 1));
    return bucket < buckets ? bucket : buckets - 1;
}

static uint64_t middle_of(uint32_t bucket, uint32_t bits) {
    uint32_t half = 1u << bits;
    if (bucket < half) return bucket;
    uint32_t shift = (bucket >> bits) - 1;
    uint64_t lowest = (uint64_t)(half + (bucket & (half - 1))) << shift;
    return lowest + ((1ull << shift) >> 1);
}

void bench_histogram_record(struct bench_histogram *histogram, uint64_t nanoseconds) {
    histogram->counts[bucket_of(nanoseconds, BENCH_HISTOGRAM_BITS, BENCH_HISTOGRAM_BUCKETS)]++;
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
        if (seen <= rank) continue;
        uint64_t middle = middle_of(bucket, BENCH_HISTOGRAM_BITS);
        return middle < histogram->max ? middle : histogram->max;
    }
    return histogram->max;
}

void bench_slice_record(struct bench_slice *slice, uint64_t nanoseconds) {
    slice->counts[bucket_of(nanoseconds, BENCH_SLICE_BITS, BENCH_SLICE_BUCKETS)]++;
}

uint64_t bench_slice_count(const struct bench_slice *slice) {
    uint64_t count = 0;
    for (uint32_t bucket = 0; bucket < BENCH_SLICE_BUCKETS; bucket++) count += slice->counts[bucket];
    return count;
}

uint64_t bench_slice_quantile(const struct bench_slice *slice, double share) {
    uint64_t rank = (uint64_t)(share * (double)bench_slice_count(slice)), seen = 0;
    uint32_t last = 0;
    for (uint32_t bucket = 0; bucket < BENCH_SLICE_BUCKETS; bucket++) {
        seen += slice->counts[bucket];
        if (slice->counts[bucket]) last = bucket;
        if (seen > rank) return middle_of(bucket, BENCH_SLICE_BITS);
    }
    return middle_of(last, BENCH_SLICE_BITS);
}

void bench_slice_merge(struct bench_slice *into, const struct bench_slice *other) {
    into->failed += other->failed;
    for (uint32_t bucket = 0; bucket < BENCH_SLICE_BUCKETS; bucket++) into->counts[bucket] += other->counts[bucket];
}
