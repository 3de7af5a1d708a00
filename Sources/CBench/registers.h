/* Single records as registers: each is created, read, updated, swapped (updated if it holds a certain value) and deleted by many clients at
   once, and each request is kept with its times, for the checker of linearizability to judge. */
#ifndef SLUICE_BENCH_REGISTERS_H
#define SLUICE_BENCH_REGISTERS_H

#include "exchange.h"

bool registers_prepare(const struct bench_load *load, struct chooser *chooser, struct bench_failure *failure);
/* Writes out what is kept. */
void registers_free(struct chooser *chooser);
void registers_choose(const struct bench_load *load, struct chooser *chooser, struct request *request);
void registers_abandon(const struct bench_load *load, struct chooser *chooser, struct request *request);
uint8_t *registers_put_request(uint8_t *at, const struct bench_load *load, uint32_t id, const struct request *request);
enum verdict registers_check_reply(
    struct reply *reply, const struct bench_load *load, struct chooser *chooser, struct request *request, struct service_error *error,
    struct bench_failure *failure);

#endif
