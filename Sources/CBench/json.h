/* A structured value of the protocol as JSON text, for Swift to read: maps with string keys, lists, strings, integers, booleans, null. */
#ifndef SLUICE_BENCH_JSON_H
#define SLUICE_BENCH_JSON_H

#include "msgpack.h"

/* False when something else stands there, or the text needs more room. */
bool json_of(struct reader *reader, char *json, size_t size);

#endif
