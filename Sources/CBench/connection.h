/* One connection of a generator: its buffers, and the requests under way on it. It knows nothing of when to send what. */
#ifndef SLUICE_BENCH_CONNECTION_H
#define SLUICE_BENCH_CONNECTION_H

#include "exchange.h"

struct connection {
    int descriptor; /* -1: lost */
    int epoll;
    bool waits_to_write, is_leaving; /* the daemon has said that it goes: nothing new is sent here */
    uint32_t next_slot, in_flight, depth;
    struct request *requests; /* `depth` of them; the index is the request's id */
    struct ledger_view *views;
    uint8_t *in, *out;
    size_t in_bytes, out_bytes, in_used, out_used, out_sent;
};

/* What became of a connection when it was written to or read from. */
enum connection_state { CONNECTION_FINE, CONNECTION_LOST };

/* Buffers for a load; false when there is no memory. */
bool connection_prepare(struct connection *connection, const struct bench_load *load, int epoll);
void connection_free(struct connection *connection);
/* Connects and shakes hands while the socket still blocks; then it is the epoll set's. */
bool connection_open(struct connection *connection, const struct bench_load *load, bool speaks_sluice, struct bench_failure *failure);
/* Connects without waiting for anything, the hello going out before the first request. */
bool connection_reopen(struct connection *connection, const struct bench_load *load, struct bench_failure *failure);
void connection_close(struct connection *connection);

/* A slot that is free, or null. */
struct request *connection_slot(struct connection *connection);
static inline uint32_t connection_id(const struct connection *connection, const struct request *request) {
    return (uint32_t)(request - connection->requests);
}
/* The request that a reply belongs to, or null. */
struct request *connection_request(struct connection *connection, uint32_t id);
/* Room for one more request, which connection_append takes up to `end`. */
uint8_t *connection_room(struct connection *connection);
void connection_append(struct connection *connection, const uint8_t *end);

enum connection_state connection_flush(struct connection *connection, struct bench_failure *failure);
/* Reads once what there is. */
enum connection_state connection_receive(struct connection *connection, struct bench_failure *failure);
/* Forgets this many bytes at the front of what was received. */
void connection_consume(struct connection *connection, size_t size);

#endif
