/* What a generator measured, added up over threads and processes. */
#include "CBench.h"

#include <stdlib.h>

struct bench_result *bench_result_new(void) {
    struct bench_result *result = calloc(1, sizeof *result);
    if (!result) abort();
    return result;
}

void bench_result_free(struct bench_result *result) { free(result); }

void bench_result_merge(struct bench_result *into, const struct bench_result *other) {
    into->answered += other->answered;
    into->answered_in_all += other->answered_in_all;
    if (other->window > into->window) into->window = other->window;
    into->processor += other->processor;
    bench_histogram_merge(&into->latency, &other->latency);
}
