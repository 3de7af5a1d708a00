/* The load: connections on one epoll set, requests sent and replies checked, their times in a histogram.
   In C so that it is never what is measured. */
#define _GNU_SOURCE
#include "client.h"
#include "failure.h"
#include "pace.h"
#include "registers.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

/* Requests that are sent before replies are looked at again: with thousands of connections to choose from, a loop that is late could go on
   sending for as long as sending takes no less time than requests have from one to the next. */
enum { MAX_EVENTS = 512, MAX_SENDS = 64 };
#define WAIT_NANOSECONDS 50000000ull
#define RECONNECT_NANOSECONDS 5000000ull
#define STALL_NANOSECONDS (40ull * 1000000000ull) /* a daemon answers by its deadline of 30 s, or is broken */

struct bench_generator {
    struct bench_load load;
    const struct exchange *exchange;
    struct connection *connections;
    struct pace pace;
    struct chooser chooser;
    int epoll;
    uint32_t lost; /* connections that are closed now */
    uint64_t sent, answered, noted, in_flight;
    uint64_t begins, ends; /* the measured window */
    uint64_t last_answer, last_reconnect, processor_at_begin, processor_at_end;
    struct bench_result *result;
    struct bench_failure *failure;
};

static void put(struct bench_generator *generator, struct connection *connection, struct request *request) {
    uint32_t id = connection_id(connection, request);
    connection_append(connection, generator->exchange->put_request(connection_room(connection), &generator->load, id, request));
}

static void start_request(struct bench_generator *generator, struct connection *connection, uint64_t start) {
    struct request *request = connection_slot(connection);
    generator->exchange->choose(&generator->load, &generator->chooser, request);
    request->started = start;
    generator->in_flight++;
    generator->sent++;
    put(generator, connection, request);
}

static bool may_send(const struct bench_generator *generator, uint64_t now) {
    return generator->load.requests ? generator->sent < generator->load.requests : now < generator->ends;
}

/* In an open loop a request belongs to the window when it was to begin in it, in a closed one when it ended in it. */
static void finish(struct bench_generator *generator, struct connection *connection, struct request *request, uint64_t now, int error) {
    uint64_t counts_at = generator->pace.interval > 0 ? request->started : now;
    bool failed = error >= 0, is_measured = counts_at >= generator->begins && counts_at < generator->ends;
    uint64_t into = now > generator->begins ? now - generator->begins : 0;
    if (is_measured) bench_result_note(generator->result, request->operation, now - request->started, into, failed);
    if (failed) generator->result->errors[error]++;
    if (!failed && generator->load.ledger) ledger_note_success(generator->load.ledger, request->started, now);
    request->started = 0;
    connection->in_flight--;
    generator->in_flight--;
    if (!failed) generator->answered++;
    generator->last_answer = now;
    pace_put(&generator->pace, connection);
}

/* Nothing more comes from this connection, because of this error: a write that was under way on it may have happened. */
static bool lose(struct bench_generator *generator, struct connection *connection, int error) {
    if (!generator->load.tolerant) return bench_blame_server(generator->failure);
    uint64_t now = bench_now();
    for (uint32_t slot = 0; slot < connection->depth; slot++) {
        struct request *request = &connection->requests[slot];
        if (!request->started) continue;
        generator->exchange->abandon(&generator->load, &generator->chooser, request);
        finish(generator, connection, request, now, error);
    }
    if (connection->descriptor >= 0) generator->lost++;
    connection_close(connection);
    return true;
}

static bool flush(struct bench_generator *generator, struct connection *connection) {
    return connection_flush(connection, generator->failure) == CONNECTION_FINE || lose(generator, connection, BENCH_LOST);
}

/* Sends what depth allows: as much as there is room for in a closed loop, nothing by itself in an open one. */
static bool refill(struct bench_generator *generator, struct connection *connection, uint64_t now) {
    bool is_closed_loop = generator->pace.interval == 0 && !connection->is_leaving;
    while (is_closed_loop && connection->in_flight < connection->depth && may_send(generator, now))
        start_request(generator, connection, now);
    return flush(generator, connection);
}

/* Sends what has become due; what finds no free connection stays due, and its latency runs. */
static bool send_due(struct bench_generator *generator) {
    struct pace *pace = &generator->pace;
    uint64_t now = bench_now(), last = generator->ends + DRAIN_NANOSECONDS;
    uint32_t sends = 0;
    for (uint64_t due = pace_next(pace); due <= now && due < generator->ends && now < last; due = pace_next(pace), now = bench_now()) {
        if (++sends > MAX_SENDS) return true;
        struct connection *connection = pace_take(pace);
        if (!connection) return true;
        pace->due++;
        start_request(generator, connection, due);
        if (!flush(generator, connection)) return false;
    }
    return true;
}

static bool settle(struct bench_generator *generator, struct connection *connection, struct reply *reply, uint64_t now) {
    struct request *request = connection_request(connection, reply->id);
    struct service_error error = {BENCH_OTHER, false};
    if (!request) return bench_fail(generator->failure, "a reply came to request %u, which is not in flight", reply->id);
    const struct exchange *exchange = generator->exchange;
    switch (exchange->check_reply(reply, &generator->load, &generator->chooser, request, &error, generator->failure)) {
    case VERDICT_WRONG: return false;
    case VERDICT_GO_ON: put(generator, connection, request); return true;
    case VERDICT_ERROR:
        if (!generator->load.tolerant) return bench_blame_server(generator->failure);
        finish(generator, connection, request, now, error.code);
        return true;
    case VERDICT_RIGHT: finish(generator, connection, request, now, -1);
    }
    return true;
}

static bool serve_leaving(struct bench_generator *generator, struct connection *connection) {
    if (!connection->is_leaving || connection->in_flight > 0) return true;
    return lose(generator, connection, BENCH_LOST);
}

static bool receive(struct bench_generator *generator, struct connection *connection) {
    if (connection_receive(connection, generator->failure) == CONNECTION_LOST) return lose(generator, connection, BENCH_LOST);
    uint64_t now = bench_now();
    size_t at = 0;
    for (;;) {
        struct reply reply;
        enum arrival arrival = generator->exchange->find_reply(connection->in + at, connection->in_used - at, &reply, generator->failure);
        if (arrival == ARRIVAL_WRONG) return false;
        if (arrival == ARRIVAL_FAULT) return lose(generator, connection, reply.code);
        if (arrival == ARRIVAL_INCOMPLETE) break;
        if (arrival == ARRIVAL_LEAVING && !generator->load.tolerant) return bench_blame_server(generator->failure);
        if (arrival == ARRIVAL_LEAVING) connection->is_leaving = true;
        if (arrival == ARRIVAL_REPLY && !settle(generator, connection, &reply, now)) return false;
        at += reply.size;
    }
    connection_consume(connection, at);
    if (connection->in_used == connection->in_bytes)
        return bench_fail(generator->failure, "a frame came that is longer than any reply may be");
    return serve_leaving(generator, connection) && (connection->descriptor < 0 || refill(generator, connection, now));
}

/* Connections that were lost are made again, whether or not somebody listens yet. */
static bool reconnect(struct bench_generator *generator, uint64_t now) {
    if (generator->lost == 0 || now < generator->last_reconnect + RECONNECT_NANOSECONDS || !may_send(generator, now)) return true;
    generator->last_reconnect = now;
    for (uint32_t index = 0; index < generator->load.clients; index++) {
        struct connection *connection = &generator->connections[index];
        if (connection->descriptor >= 0) continue;
        if (!connection_reopen(connection, &generator->load, generator->failure)) return true;
        generator->lost--;
        generator->result->connects++;
        if (!refill(generator, connection, now)) return false;
    }
    return true;
}

static bool cut_all(struct bench_generator *generator) {
    if (!bench_take_cut()) return true;
    for (uint32_t index = 0; index < generator->load.clients; index++) {
        if (!lose(generator, &generator->connections[index], BENCH_LOST))
            return bench_fail(generator->failure, "connections were to be cut");
    }
    return true;
}

static bool has_ended(struct bench_generator *generator, uint64_t now) {
    bool is_all_sent = !may_send(generator, now);
    if (generator->pace.interval > 0)
        is_all_sent = pace_next(&generator->pace) >= generator->ends || now >= generator->ends + DRAIN_NANOSECONDS;
    if (generator->in_flight == 0 && is_all_sent) return true;
    bool is_over = now > generator->ends && now - generator->ends > STALL_NANOSECONDS;
    return generator->load.tolerant && (is_over || (!may_send(generator, now) && generator->lost == generator->load.clients));
}

/* Processor time is read where the window begins and where it ends, not at each request. */
static void note_window(struct bench_generator *generator, uint64_t now) {
    if (!generator->processor_at_begin && now >= generator->begins) generator->processor_at_begin = bench_process_time(getpid());
    if (!generator->processor_at_end && now >= generator->ends) generator->processor_at_end = bench_process_time(getpid());
}

static int wait_for_events(struct bench_generator *generator, struct epoll_event events[MAX_EVENTS]) {
    uint64_t wait = generator->lost > 0 ? RECONNECT_NANOSECONDS : WAIT_NANOSECONDS;
    if (generator->pace.interval > 0 && generator->pace.count > 0) {
        uint64_t now = bench_now(), next = pace_next(&generator->pace);
        if (next < generator->ends && next < now + wait) wait = next > now ? next - now : 0;
    }
    struct timespec time = {.tv_sec = 0, .tv_nsec = (long)wait};
    return epoll_pwait2(generator->epoll, events, MAX_EVENTS, &time, 0);
}

static bool wait_and_serve(struct bench_generator *generator) {
    struct epoll_event events[MAX_EVENTS];
    int ready = wait_for_events(generator, events);
    if (ready < 0 && errno != EINTR) return bench_fail(generator->failure, "epoll_wait: %s", strerror(errno));
    if (bench_interrupted()) return bench_fail(generator->failure, "interrupted");
    for (int index = 0; index < ready; index++) {
        struct connection *connection = events[index].data.ptr;
        if ((events[index].events & EPOLLOUT) && !flush(generator, connection)) return false;
        if ((events[index].events & ~(uint32_t)EPOLLOUT) && connection->descriptor >= 0 && !receive(generator, connection)) return false;
    }
    if (generator->pace.interval > 0 && !send_due(generator)) return false;
    if (generator->load.ledger) ledger_note_answers(generator->load.ledger, generator->answered - generator->noted);
    generator->noted = generator->answered;
    return cut_all(generator) && reconnect(generator, bench_now());
}

static void begin(struct bench_generator *generator, struct bench_result *result, struct bench_failure *failure) {
    const struct bench_load *load = &generator->load;
    uint64_t start = bench_now();
    generator->result = result;
    generator->failure = failure;
    generator->begins = load->requests ? start : start + load->warm_up;
    generator->ends = load->requests ? UINT64_MAX : generator->begins + load->window;
    generator->last_answer = start;
    /* Processes begin at one time, and would all send at one time if each did not begin somewhere in its first interval. */
    generator->pace.start = start + (uint64_t)(generator->pace.interval * random_share(&generator->chooser.random));
    bench_result_begin(result, load->window);
}

static void end(struct bench_generator *generator, uint64_t now) {
    struct bench_result *result = generator->result;
    if (generator->load.requests) generator->ends = generator->last_answer + 1;
    note_window(generator, now);
    for (uint32_t index = 0; index < generator->load.clients; index++) (void)lose(generator, &generator->connections[index], BENCH_LOST);
    if (generator->pace.interval > 0)
        result->unsent = pace_unsent(pace_next(&generator->pace), generator->pace.interval, generator->begins, generator->ends);
    result->answered = result->latency.count;
    result->answered_in_all = generator->answered;
    result->window = generator->ends - generator->begins;
    result->processor = generator->processor_at_end - generator->processor_at_begin;
}

bool bench_generator_run(struct bench_generator *generator, struct bench_result *result, struct bench_failure *failure) {
    begin(generator, result, failure);
    uint64_t now = bench_now();
    for (uint32_t index = 0; index < generator->load.clients; index++) {
        if (!refill(generator, &generator->connections[index], now)) return false;
    }
    for (; !has_ended(generator, now); now = bench_now()) {
        note_window(generator, now);
        if (!wait_and_serve(generator)) return false;
        if (now < generator->last_answer + STALL_NANOSECONDS || generator->load.tolerant) continue;
        bench_fail(failure, "%llu requests are not answered", (unsigned long long)generator->in_flight);
        return bench_blame_server(failure);
    }
    end(generator, now);
    return true;
}

struct bench_generator *bench_generator_prepare(const struct bench_load *load, struct bench_failure *failure) {
    client_raise_descriptor_limit();
    struct bench_generator *generator = calloc(1, sizeof *generator);
    struct connection *connections = calloc(load->clients, sizeof *connections);
    if (!generator || !connections) abort();
    *generator = (struct bench_generator){
        .load = *load, .exchange = exchange_of(load->workload), .connections = connections, .failure = failure};
    generator->chooser.random.state = (bench_now() ^ (uint64_t)getpid() << 32) | 1;
    generator->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (load->workload == BENCH_MIX) generator->chooser.keys = keys_of(load->mix.keys, load->records);
    bool is_ready = pace_prepare(&generator->pace, load, connections);
    if (load->workload == BENCH_REGISTERS) is_ready = registers_prepare(load, &generator->chooser, failure);
    for (uint32_t index = 0; index < load->clients; index++) {
        if (!connection_prepare(&connections[index], load, generator->epoll)) is_ready = bench_fail(failure, "no memory for connections");
    }
    for (uint32_t index = 0; is_ready && index < load->clients; index++)
        is_ready = connection_open(&connections[index], load, generator->exchange->speaks_sluice, failure);
    if (is_ready) return generator;
    bench_generator_free(generator);
    return 0;
}

void bench_generator_free(struct bench_generator *generator) {
    for (uint32_t index = 0; index < generator->load.clients; index++) connection_free(&generator->connections[index]);
    pace_free(&generator->pace);
    registers_free(&generator->chooser);
    close(generator->epoll);
    free(generator->connections);
    free(generator);
}
