/* One request and its reply, in each workload's own bytes. */
#ifndef SLUICE_BENCH_EXCHANGE_H
#define SLUICE_BENCH_EXCHANGE_H

#include "keys.h"
#include "ledger.h"
#include "msgpack.h"

enum {
    OPERATION_PING = 1, OPERATION_STATS = 3, OPERATION_DEFINE = 5, OPERATION_GET_ONE = 16, OPERATION_GET_ALL = 17, OPERATION_SAVE = 18,
    OPERATION_DELETE_ONE = 19, OPERATION_DELETE_ALL = 20, OPERATION_COUNT = 21
};
enum { KIND_HELLO = 1, KIND_WELCOME = 2, KIND_REQUEST = 3, KIND_REPLY = 4, KIND_GOING_AWAY = 6, KIND_FAULT = 7 };
/* More than any frame of the benchmark has beside a record's body; the repository's name is at most 255. */
enum { FRAME_OVERHEAD_BYTES = 512 };

/* A request under way: what it is about, and what was certain when it began. */
struct request {
    uint64_t started; /* when it began or, in an open loop, when it was to begin; 0: not in flight */
    uint64_t number;  /* the record */
    enum bench_operation operation;
    bool is_writing;  /* of a read-modify-write: the read is done */
    uint32_t version, settled;   /* of an update */
    int64_t value, expected;     /* of a register: what is written, and what must be there before */
    uint64_t invoked;            /* of a register: when its bytes were made */
    uint32_t limit;              /* of a scan */
    struct ledger_view *views;   /* of the record, or of `limit` records from `number` on */
};

/* What stands at the start of the bytes that a server sent. LEAVING and FAULT are the server's failure: it takes nothing more, or gives the
   connection up; WRONG is what must not come. */
enum arrival { ARRIVAL_INCOMPLETE, ARRIVAL_REPLY, ARRIVAL_OTHER, ARRIVAL_LEAVING, ARRIVAL_FAULT, ARRIVAL_WRONG };

/* A reply found among them. `rest` is what follows its kind and id, `entries` of them. */
struct reply {
    uint32_t id; /* UINT32_MAX: the oldest request in flight, where replies come in order */
    size_t size;
    uint64_t entries;
    struct reader rest;
    int code; /* of LEAVING and FAULT: why, an index of bench_error_name */
};

/* What a reply says: right, right so far and to be followed by another request, an error, or something that must not be. */
enum verdict { VERDICT_RIGHT, VERDICT_GO_ON, VERDICT_ERROR, VERDICT_WRONG };

struct service_error {
    int code; /* an index of bench_error_name */
    bool outcome_known;
};

/* What a workload chooses from, and what it has chosen so far; one for each generator. */
struct chooser {
    struct keys keys;
    struct random random;
    uint64_t next_number;
    struct registers *registers; /* null but for those */
};

struct exchange {
    /* Fills in what a request that begins now is about. */
    void (*choose)(const struct bench_load *load, struct chooser *chooser, struct request *request);
    /* The connection was lost: nobody knows how the request ended. */
    void (*abandon)(const struct bench_load *load, struct chooser *chooser, struct request *request);
    uint8_t *(*put_request)(uint8_t *at, const struct bench_load *load, uint32_t id, const struct request *request);
    enum arrival (*find_reply)(const uint8_t *bytes, size_t size, struct reply *reply, struct bench_failure *failure);
    /* With an error the failure says it in words. */
    enum verdict (*check_reply)(
        struct reply *reply, const struct bench_load *load, struct chooser *chooser, struct request *request, struct service_error *error,
        struct bench_failure *failure);
    bool speaks_sluice;
};

const struct exchange *exchange_of(enum bench_workload workload);

/* A frame is begun with room for its length, which end_frame fills in; it answers `end`. */
static inline uint8_t *begin_frame(uint8_t *start, uint8_t entries, uint8_t kind) {
    return put_unsigned(put_unsigned(put_map(start + 4, entries), 0), kind);
}
static inline uint8_t *end_frame(uint8_t *start, uint8_t *end) { return put_big_endian(start, (uint64_t)(end - start - 4), 4), end; }

/* The hello of a client that wants to be told when the daemon leaves. */
uint8_t *put_hello(uint8_t *at);
/* A request up to and with its operation; `entries` counts kind, id and operation too. */
uint8_t *begin_request(uint8_t *start, uint8_t entries, uint32_t id, uint8_t operation);
/* The reply of the daemon, or why what came is none. */
enum arrival find_frame(const uint8_t *bytes, size_t size, struct reply *reply, struct bench_failure *failure);
/* Steps to the result of a reply that has one and nothing else, or says which error came instead and blames the server for it. */
bool take_result(struct reply *reply, struct bench_failure *failure);
/* The same, where an error is an answer too: VERDICT_RIGHT stands at the result. */
enum verdict take_answer(struct reply *reply, struct service_error *error, struct bench_failure *failure);
bool at_end(const struct reply *reply, struct bench_failure *failure);

#endif
