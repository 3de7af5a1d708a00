/* The records that get and create work on: {"id": 24 hexadecimal digits, "number": n, "body": text}, everything following from name space
   and n, so that a reply can be checked without keeping what was written. */
#ifndef SLUICE_BENCH_RECORD_H
#define SLUICE_BENCH_RECORD_H

#include "CBench.h"
#include "msgpack.h"

enum { RECORD_ID_BYTES = 24 };

/* This many digits, without a NUL. */
void put_hexadecimal(char *at, uint64_t value, int digits);
/* Sixteen digits that a text repeats: splitmix64 of name space and number, so that texts differ and a mixed-up reply is seen. */
void record_block(uint64_t name_space, uint64_t number, char *block);
uint8_t *put_record(uint8_t *at, const struct bench_load *load, uint64_t number);
/* Is the document that stands here this record, with nothing missing, changed or added? */
bool take_record(struct reader *reader, const struct bench_load *load, uint64_t number, struct bench_failure *failure);

#endif
