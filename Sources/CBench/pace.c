#include "pace.h"

#include <stdlib.h>

bool pace_prepare(struct pace *pace, const struct bench_load *load, struct connection *connections) {
    *pace = (struct pace){.interval = load->rate > 0 ? 1e9 / load->rate : 0};
    if (pace->interval == 0) return true;
    pace->capacity = load->clients * load->depth;
    pace->free = malloc(pace->capacity * sizeof *pace->free);
    if (!pace->free) return false;
    for (uint32_t slot = 0; slot < load->depth; slot++) {
        for (uint32_t client = 0; client < load->clients; client++) pace_put(pace, &connections[client]);
    }
    return true;
}

void pace_free(struct pace *pace) { free(pace->free); }

void pace_put(struct pace *pace, struct connection *connection) {
    if (pace->interval == 0) return;
    pace->free[(pace->first + pace->count) % pace->capacity] = connection;
    pace->count++;
}

static uint64_t starts_before(uint64_t time, uint64_t next, double interval) {
    return time > next ? (uint64_t)((double)(time - next - 1) / interval) + 1 : 0;
}

uint64_t pace_unsent(uint64_t next, double interval, uint64_t begins, uint64_t ends) {
    return starts_before(ends, next, interval) - starts_before(begins, next, interval);
}

struct connection *pace_take(struct pace *pace) {
    for (uint32_t tries = pace->count; tries > 0; tries--) {
        struct connection *connection = pace->free[pace->first];
        pace->first = (pace->first + 1) % pace->capacity;
        pace->count--;
        if (connection->descriptor >= 0 && !connection->is_leaving) return connection;
        pace_put(pace, connection);
    }
    return 0;
}
