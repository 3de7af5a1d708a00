/* One request and its reply, in each workload's own bytes. */
#ifndef SLUICE_BENCH_EXCHANGE_H
#define SLUICE_BENCH_EXCHANGE_H

#include "CBench.h"
#include "msgpack.h"

enum { OPERATION_PING = 1, OPERATION_DEFINE = 5, OPERATION_GET_ONE = 16, OPERATION_SAVE = 18, OPERATION_COUNT = 21 };
enum { KIND_HELLO = 1, KIND_WELCOME = 2, KIND_REQUEST = 3, KIND_REPLY = 4, KIND_GOING_AWAY = 6, KIND_FAULT = 7 };
/* More than any frame of the benchmark has beside a record's body; the repository's name is at most 255. */
enum { FRAME_OVERHEAD_BYTES = 512 };

/* What stands at the start of the bytes that a server sent. */
enum arrival { ARRIVAL_INCOMPLETE, ARRIVAL_REPLY, ARRIVAL_OTHER, ARRIVAL_WRONG };

/* A reply found among them. `rest` is what follows its kind and id, `entries` of them. */
struct reply {
    uint32_t id; /* UINT32_MAX: the oldest request in flight, where replies come in order */
    size_t size;
    uint64_t entries;
    struct reader rest;
};

struct exchange {
    uint8_t *(*put_request)(uint8_t *at, const struct bench_load *load, uint32_t id, uint64_t number);
    enum arrival (*find_reply)(const uint8_t *bytes, size_t size, struct reply *reply, struct bench_failure *failure);
    bool (*check_reply)(struct reply *reply, const struct bench_load *load, uint64_t number, struct bench_failure *failure);
    bool speaks_sluice;
};

const struct exchange *exchange_of(enum bench_workload workload);

/* A frame is begun with room for its length, which end_frame fills in; it answers `end`. */
static inline uint8_t *begin_frame(uint8_t *start, uint8_t entries, uint8_t kind) {
    return put_unsigned(put_unsigned(put_map(start + 4, entries), 0), kind);
}
static inline uint8_t *end_frame(uint8_t *start, uint8_t *end) { return put_big_endian(start, (uint64_t)(end - start - 4), 4), end; }

/* A request up to and with its operation; `entries` counts kind, id and operation too. */
uint8_t *begin_request(uint8_t *start, uint8_t entries, uint32_t id, uint8_t operation);
/* The reply of the daemon, or why what came is none. */
enum arrival find_frame(const uint8_t *bytes, size_t size, struct reply *reply, struct bench_failure *failure);
/* Steps to the result of a reply that has one and nothing else, or says which error came instead. */
bool take_result(struct reply *reply, struct bench_failure *failure);

#endif
