/* What a server's own driver can do for the benchmark. A connection belongs to one thread. */
#ifndef SLUICE_BENCH_DRIVER_H
#define SLUICE_BENCH_DRIVER_H

#include "../failure.h"
#include "../fields.h"
#include "../mix.h"
#include "../record.h"

enum read_outcome { READ_FOUND, READ_MISSING, READ_FAILED, READ_WRONG };
enum write_outcome { WRITE_APPLIED, WRITE_MISSING, WRITE_FAILED };

/* A driver: `open` answers a connection or null, all others take one. `read` shows each field to the judgement. A failure of a call is said
   in `failure`; whether a failed write happened is not known. */
struct driver {
    const char *scheme;
    bool (*start)(struct bench_failure *failure); /* once in a process; may be null */
    void *(*open)(const struct bench_load *load, struct bench_failure *failure);
    void (*close)(void *connection);
    bool (*define)(void *connection, struct bench_failure *failure);
    enum read_outcome (*read)(void *connection, const char *id, struct judgement *judgement);
    enum write_outcome (*insert)(void *connection, const char *id, const struct request *request, struct bench_failure *failure);
    enum write_outcome (*update)(void *connection, const char *id, const struct request *request, struct bench_failure *failure);
    bool (*count)(void *connection, uint64_t *count, struct bench_failure *failure);
};

extern const struct driver mongo_driver, dynamo_driver, postgres_driver, sqlite_driver;

#endif
