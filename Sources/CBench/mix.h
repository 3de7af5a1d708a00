/* A workload of several operations on records that change: it chooses what each request does and to which record, and judges the reply by
   the ledger. */
#ifndef SLUICE_BENCH_MIX_H
#define SLUICE_BENCH_MIX_H

#include "exchange.h"

/* How many views a request of this mix needs room for. */
uint32_t mix_views(const struct bench_mix *mix);
/* Operation, record and, for a write, its version; the ledger knows of it from now on. */
void mix_choose(const struct bench_load *load, struct chooser *chooser, struct request *request);
void mix_abandon(const struct bench_load *load, struct chooser *chooser, struct request *request);
/* The read of a read-modify-write has been answered: its update begins, of this record or of one after it. False when all of them have too
   many writes under way. */
bool mix_begin_update(const struct bench_load *load, struct request *request);
/* Tells the ledger how a request's write ended, if it was writing. */
void mix_end(const struct bench_load *load, const struct request *request, enum ledger_outcome outcome);

uint8_t *mix_put_request(uint8_t *at, const struct bench_load *load, uint32_t id, const struct request *request);
enum verdict mix_check_reply(
    struct reply *reply, const struct bench_load *load, struct chooser *chooser, struct request *request, struct service_error *error,
    struct bench_failure *failure);
/* Is it right that the record of this request was not found? The failure says why not. */
bool mix_may_be_missing(const struct request *request, struct bench_failure *failure);
/* More than any request or reply of the mix has bytes. */
size_t mix_request_bytes(const struct bench_mix *mix);
size_t mix_reply_bytes(const struct bench_mix *mix);

#endif
