/* The load: connections on one epoll set, requests sent and replies checked, their times in a histogram.
   In C so that it is never what is measured. */
#define _GNU_SOURCE
#include "client.h"
#include "failure.h"
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_EVENTS = 512, WAIT_MILLISECONDS = 50, ERROR_BYTES = 4096 };
#define STALL_NANOSECONDS (40ull * 1000000000ull) /* a daemon answers by its deadline of 30 s, or is broken */

struct connection {
    int descriptor;
    bool waits_to_write;
    uint32_t next_id, in_flight;
    uint64_t started[BENCH_MAX_DEPTH]; /* by request id; 0: not in flight */
    uint64_t number[BENCH_MAX_DEPTH];  /* the record that each request is about */
    uint8_t *in, *out;
    size_t in_used, out_used, out_sent;
};

struct bench_generator {
    struct bench_load load;
    const struct exchange *exchange;
    struct connection *connections;
    size_t in_bytes, out_bytes; /* room of each connection's buffers */
    int epoll;
    uint64_t next_number, random;
    uint64_t sent, answered, in_flight;
    uint64_t begins, ends; /* the measured window */
    uint64_t last_answer, processor_at_begin, processor_at_end;
    struct bench_result *result;
    struct bench_failure *failure;
};

/* Uniform enough for choosing records, and far cheaper than what it chooses for: xorshift64*. */
static uint64_t next_random(struct bench_generator *generator) {
    generator->random ^= generator->random >> 12;
    generator->random ^= generator->random << 25;
    generator->random ^= generator->random >> 27;
    return generator->random * 0x2545f4914f6cdd1dull;
}

static uint64_t choose_number(struct bench_generator *generator) {
    const struct bench_load *load = &generator->load;
    if (load->workload == BENCH_GET && !load->in_order) return (uint64_t)((unsigned __int128)next_random(generator) * load->records >> 64);
    if (load->workload == BENCH_GET) return generator->next_number++ % load->records;
    return generator->next_number++;
}

static void start_request(struct bench_generator *generator, struct connection *connection, uint64_t now) {
    uint32_t id = connection->next_id;
    while (connection->started[id]) id = (id + 1) % BENCH_MAX_DEPTH;
    connection->next_id = (id + 1) % BENCH_MAX_DEPTH;
    connection->started[id] = now;
    connection->number[id] = choose_number(generator);
    uint8_t *end = generator->exchange->put_request(connection->out + connection->out_used, &generator->load, id, connection->number[id]);
    connection->out_used = (size_t)(end - connection->out);
    connection->in_flight++;
    generator->in_flight++;
    generator->sent++;
}

static bool may_send(const struct bench_generator *generator, uint64_t now) {
    return generator->load.requests ? generator->sent < generator->load.requests : now < generator->ends;
}

static bool flush(struct bench_generator *generator, struct connection *connection) {
    while (connection->out_sent < connection->out_used) {
        size_t remaining = connection->out_used - connection->out_sent;
        ssize_t sent = send(connection->descriptor, connection->out + connection->out_sent, remaining, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno != EAGAIN) return bench_fail(generator->failure, "send: %s", strerror(errno));
        if (sent < 0) break;
        connection->out_sent += (size_t)sent;
    }
    bool unsent = connection->out_sent < connection->out_used;
    if (!unsent) connection->out_sent = connection->out_used = 0;
    if (unsent == connection->waits_to_write) return true;
    connection->waits_to_write = unsent;
    struct epoll_event event = {.events = EPOLLIN | (unsent ? EPOLLOUT : 0), .data = {.ptr = connection}};
    epoll_ctl(generator->epoll, EPOLL_CTL_MOD, connection->descriptor, &event);
    return true;
}

/* Sends what depth and the output buffer allow. With bytes still unsent it waits, so that the buffer
   never needs room for more than `depth` requests. */
static bool refill(struct bench_generator *generator, struct connection *connection, uint64_t now) {
    while (connection->out_sent == 0 && connection->in_flight < generator->load.depth && may_send(generator, now))
        start_request(generator, connection, now);
    return flush(generator, connection);
}

static bool settle(struct bench_generator *generator, struct connection *connection, struct reply *reply, uint64_t now) {
    uint32_t id = reply->id;
    if (id == UINT32_MAX) id = (connection->next_id + BENCH_MAX_DEPTH - connection->in_flight) % BENCH_MAX_DEPTH;
    if (id >= BENCH_MAX_DEPTH || connection->started[id] == 0)
        return bench_fail(generator->failure, "a reply came to request %u, which is not in flight", id);
    if (!generator->exchange->check_reply(reply, &generator->load, connection->number[id], generator->failure)) return false;
    if (now >= generator->begins && now < generator->ends)
        bench_histogram_record(&generator->result->latency, now - connection->started[id]);
    connection->started[id] = 0;
    connection->in_flight--;
    generator->in_flight--;
    generator->answered++;
    generator->last_answer = now;
    return true;
}

static bool receive(struct bench_generator *generator, struct connection *connection) {
    ssize_t size = recv(connection->descriptor, connection->in + connection->in_used, generator->in_bytes - connection->in_used, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (size < 0) return bench_fail(generator->failure, "receive: %s", strerror(errno));
    if (size == 0)
        return bench_fail(generator->failure, "the server closed a connection with %u requests in flight", connection->in_flight);
    connection->in_used += (size_t)size;
    uint64_t now = bench_now();
    size_t at = 0;
    for (;;) {
        struct reply reply;
        enum arrival arrival = generator->exchange->find_reply(connection->in + at, connection->in_used - at, &reply, generator->failure);
        if (arrival == ARRIVAL_WRONG) return false;
        if (arrival == ARRIVAL_INCOMPLETE) break;
        if (arrival == ARRIVAL_REPLY && !settle(generator, connection, &reply, now)) return false;
        at += reply.size;
    }
    connection->in_used -= at;
    if (at > 0 && connection->in_used > 0) memmove(connection->in, connection->in + at, connection->in_used);
    if (connection->in_used == generator->in_bytes)
        return bench_fail(generator->failure, "a frame came that is longer than any reply may be");
    return refill(generator, connection, now);
}

static bool has_ended(const struct bench_generator *generator, uint64_t now) {
    return generator->in_flight == 0 && !may_send(generator, now);
}

/* Processor time is read where the window begins and where it ends, not at each request. */
static void note_window(struct bench_generator *generator, uint64_t now) {
    if (!generator->processor_at_begin && now >= generator->begins) generator->processor_at_begin = bench_process_time(getpid());
    if (!generator->processor_at_end && now >= generator->ends) generator->processor_at_end = bench_process_time(getpid());
}

static bool wait_and_serve(struct bench_generator *generator) {
    struct epoll_event events[MAX_EVENTS];
    int ready = epoll_wait(generator->epoll, events, MAX_EVENTS, WAIT_MILLISECONDS);
    if (ready < 0 && errno != EINTR) return bench_fail(generator->failure, "epoll_wait: %s", strerror(errno));
    if (bench_interrupted()) return bench_fail(generator->failure, "interrupted");
    for (int index = 0; index < ready; index++) {
        struct connection *connection = events[index].data.ptr;
        if ((events[index].events & EPOLLOUT) && !flush(generator, connection)) return false;
        if ((events[index].events & ~(uint32_t)EPOLLOUT) && !receive(generator, connection)) return false;
    }
    return true;
}

bool bench_generator_run(struct bench_generator *generator, struct bench_result *result, struct bench_failure *failure) {
    const struct bench_load *load = &generator->load;
    uint64_t start = bench_now(), now = start;
    generator->result = result;
    generator->failure = failure;
    generator->begins = load->requests ? start : start + load->warm_up;
    generator->ends = load->requests ? UINT64_MAX : generator->begins + load->window;
    generator->last_answer = start;
    for (uint32_t index = 0; index < load->clients; index++) {
        if (!refill(generator, &generator->connections[index], now)) return false;
    }
    for (; !has_ended(generator, now); now = bench_now()) {
        note_window(generator, now);
        if (!wait_and_serve(generator)) return false;
        if (now < generator->last_answer + STALL_NANOSECONDS) continue;
        return bench_fail(failure, "%llu requests are not answered", (unsigned long long)generator->in_flight);
    }
    if (load->requests) generator->ends = generator->last_answer + 1;
    note_window(generator, now);
    result->answered = result->latency.count;
    result->answered_in_all = generator->answered;
    result->window = generator->ends - generator->begins;
    result->processor = generator->processor_at_end - generator->processor_at_begin;
    return true;
}

/* Connects and shakes hands while the socket still blocks; then it is the epoll set's. */
static bool open_connection(struct bench_generator *generator, struct connection *connection) {
    struct bench_failure *failure = generator->failure;
    const struct bench_load *load = &generator->load;
    connection->in = malloc(generator->in_bytes);
    connection->out = malloc(generator->out_bytes);
    if (!connection->in || !connection->out) return bench_fail(failure, "no memory for a connection's buffers");
    connection->descriptor = client_connect(load->socket_path, failure);
    if (connection->descriptor < 0) return false;
    if (generator->exchange->speaks_sluice) {
        uint64_t allowed = client_hello(connection->descriptor, failure);
        if (allowed == 0) return false;
        if (allowed < load->depth)
            return bench_fail(failure, "the daemon allows only %llu requests in flight", (unsigned long long)allowed);
    }
    fcntl(connection->descriptor, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = connection}};
    return epoll_ctl(generator->epoll, EPOLL_CTL_ADD, connection->descriptor, &event) == 0 ||
           bench_fail(failure, "epoll_ctl: %s", strerror(errno));
}

struct bench_generator *bench_generator_prepare(const struct bench_load *load, struct bench_failure *failure) {
    client_raise_descriptor_limit();
    struct bench_generator *generator = calloc(1, sizeof *generator);
    struct connection *connections = calloc(load->clients, sizeof *connections);
    if (!generator || !connections) abort();
    size_t largest = FRAME_OVERHEAD_BYTES + load->body_bytes;
    *generator = (struct bench_generator){
        .load = *load, .exchange = exchange_of(load->workload), .connections = connections, .failure = failure};
    generator->in_bytes = largest * (load->depth + 1) + ERROR_BYTES;
    generator->out_bytes = largest * load->depth;
    generator->random = (bench_now() ^ (uint64_t)getpid() << 32) | 1;
    generator->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (uint32_t index = 0; index < load->clients; index++) connections[index].descriptor = -1;
    for (uint32_t index = 0; index < load->clients; index++) {
        if (open_connection(generator, &connections[index])) continue;
        bench_generator_free(generator);
        return 0;
    }
    return generator;
}

void bench_generator_free(struct bench_generator *generator) {
    for (uint32_t index = 0; index < generator->load.clients; index++) {
        struct connection *connection = &generator->connections[index];
        if (connection->descriptor >= 0) close(connection->descriptor);
        free(connection->in);
        free(connection->out);
    }
    close(generator->epoll);
    free(generator->connections);
    free(generator);
}
