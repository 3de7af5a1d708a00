/* The records that get and create work on: {"id": 24 hexadecimal digits, "number": n, "body": text}, everything following from name space
   and n, so that a reply can be checked without keeping what was written. */
#ifndef SLUICE_BENCH_RECORD_H
#define SLUICE_BENCH_RECORD_H

#include "CBench.h"
#include "msgpack.h"

enum { RECORD_ID_BYTES = 24, RECORD_OVERHEAD_BYTES = 64 };

uint8_t *put_record(uint8_t *at, const struct bench_load *load, uint64_t number);
/* Is the document that stands here this record, with nothing missing, changed or added? */
bool take_record(struct reader *reader, const struct bench_load *load, uint64_t number, struct bench_failure *failure);

#endif
