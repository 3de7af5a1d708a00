/* How every part of the benchmark says what went wrong. */
#ifndef SLUICE_BENCH_FAILURE_H
#define SLUICE_BENCH_FAILURE_H

#include "CBench.h"

/* Writes the sentence and answers false, so that a caller can return it. */
__attribute__((format(printf, 2, 3))) bool bench_fail(struct bench_failure *failure, const char *format, ...);
/* Says that the server failed, in the sentence that is there already; answers false too. */
bool bench_blame_server(struct bench_failure *failure);

#endif
