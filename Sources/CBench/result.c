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
    into->failed += other->failed;
    into->unsent += other->unsent;
    into->connects += other->connects;
    for (int error = 0; error < BENCH_ERRORS; error++) into->errors[error] += other->errors[error];
    if (other->slice_nanoseconds > into->slice_nanoseconds) into->slice_nanoseconds = other->slice_nanoseconds;
    bench_histogram_merge(&into->latency, &other->latency);
    for (int operation = 0; operation < BENCH_OPERATIONS; operation++)
        bench_histogram_merge(&into->by_operation[operation], &other->by_operation[operation]);
    for (int slice = 0; slice < BENCH_SLICES; slice++) bench_slice_merge(&into->slices[slice], &other->slices[slice]);
}

void bench_result_note(struct bench_result *result, enum bench_operation operation, uint64_t latency, uint64_t into, bool failed) {
    uint64_t index = result->slice_nanoseconds ? into / result->slice_nanoseconds : 0;
    struct bench_slice *slice = &result->slices[index < BENCH_SLICES ? index : BENCH_SLICES - 1];
    if (failed) {
        result->failed++;
        slice->failed++;
        return;
    }
    bench_histogram_record(&result->latency, latency);
    bench_histogram_record(&result->by_operation[operation], latency);
    bench_slice_record(slice, latency);
}

const char *bench_error_name(int error) {
    static const char *const names[BENCH_ERRORS] = {
        "notFound", "alreadyExists", "invalidInput", "backendError", "unavailable", "deadlineExceeded", "overloaded",
        "tooLarge", "unauthorized", "unsupported", "shuttingDown", "connectionLost", "other",
    };
    return names[error];
}

const struct bench_histogram *bench_result_operation(const struct bench_result *result, enum bench_operation operation) {
    return &result->by_operation[operation];
}

const struct bench_slice *bench_result_slice(const struct bench_result *result, uint32_t slice) { return &result->slices[slice]; }

uint64_t bench_result_error(const struct bench_result *result, int error) { return result->errors[error]; }

void bench_result_begin(struct bench_result *result, uint64_t window) {
    uint64_t slice = window / BENCH_SLICES;
    result->slice_nanoseconds = slice > BENCH_LEAST_SLICE ? slice : BENCH_LEAST_SLICE;
}
