#define _GNU_SOURCE
#include "connection.h"

#include "client.h"
#include "failure.h"
#include "mix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ERROR_BYTES = 4096 };

bool connection_prepare(struct connection *connection, const struct bench_load *load, int epoll) {
    bool is_mix = load->workload == BENCH_MIX;
    size_t request = is_mix ? mix_request_bytes(&load->mix) : FRAME_OVERHEAD_BYTES + load->body_bytes;
    size_t reply = is_mix ? mix_reply_bytes(&load->mix) : request;
    uint32_t views = is_mix ? mix_views(&load->mix) : 0;
    *connection = (struct connection){.descriptor = -1, .epoll = epoll, .depth = load->depth};
    connection->in_bytes = reply * (load->depth + 1) + ERROR_BYTES;
    connection->out_bytes = request * load->depth + FRAME_OVERHEAD_BYTES;
    connection->in = malloc(connection->in_bytes);
    connection->out = malloc(connection->out_bytes);
    connection->requests = calloc(load->depth, sizeof *connection->requests);
    connection->views = calloc((size_t)load->depth * views + 1, sizeof *connection->views);
    if (!connection->in || !connection->out || !connection->requests || !connection->views) return false;
    for (uint32_t slot = 0; slot < load->depth; slot++) connection->requests[slot].views = connection->views + (size_t)slot * views;
    return true;
}

void connection_free(struct connection *connection) {
    if (connection->descriptor >= 0) close(connection->descriptor);
    free(connection->in);
    free(connection->out);
    free(connection->requests);
    free(connection->views);
}

static bool watch(struct connection *connection, struct bench_failure *failure) {
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = connection}};
    connection->waits_to_write = connection->is_leaving = false;
    connection->in_used = connection->out_used = connection->out_sent = 0;
    return epoll_ctl(connection->epoll, EPOLL_CTL_ADD, connection->descriptor, &event) == 0 ||
           bench_fail(failure, "epoll_ctl: %s", strerror(errno));
}

bool connection_open(struct connection *connection, const struct bench_load *load, bool speaks_sluice, struct bench_failure *failure) {
    connection->descriptor = client_connect(load->socket_path, failure);
    if (connection->descriptor < 0) return false;
    if (speaks_sluice) {
        uint64_t allowed = client_hello(connection->descriptor, failure);
        if (allowed == 0) return false;
        if (allowed < load->depth)
            return bench_fail(failure, "the daemon allows only %llu requests in flight", (unsigned long long)allowed);
    }
    fcntl(connection->descriptor, F_SETFL, O_NONBLOCK);
    return watch(connection, failure);
}

bool connection_reopen(struct connection *connection, const struct bench_load *load, struct bench_failure *failure) {
    struct sockaddr_un address;
    if (!client_address(load->socket_path, &address, failure)) return false;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
        bench_fail(failure, "nothing answers at %s: %s", load->socket_path, strerror(errno));
        if (descriptor >= 0) close(descriptor);
        return false;
    }
    connection->descriptor = descriptor;
    if (!watch(connection, failure)) return false;
    connection->out_used = (size_t)(put_hello(connection->out) - connection->out);
    return true;
}

void connection_close(struct connection *connection) {
    if (connection->descriptor >= 0) close(connection->descriptor);
    connection->descriptor = -1;
}

struct request *connection_slot(struct connection *connection) {
    if (connection->in_flight == connection->depth) return 0;
    uint32_t slot = connection->next_slot;
    while (connection->requests[slot].started) slot = slot + 1 == connection->depth ? 0 : slot + 1;
    connection->next_slot = slot + 1 == connection->depth ? 0 : slot + 1;
    connection->in_flight++;
    return &connection->requests[slot];
}

struct request *connection_request(struct connection *connection, uint32_t id) {
    if (id == UINT32_MAX) id = (connection->next_slot + connection->depth - connection->in_flight) % connection->depth;
    return id < connection->depth && connection->requests[id].started ? &connection->requests[id] : 0;
}

/* What is unsent belongs to different requests in flight, so moved to the front it leaves room for those that are not. */
uint8_t *connection_room(struct connection *connection) {
    if (connection->out_sent > 0) {
        memmove(connection->out, connection->out + connection->out_sent, connection->out_used - connection->out_sent);
        connection->out_used -= connection->out_sent;
        connection->out_sent = 0;
    }
    return connection->out + connection->out_used;
}

void connection_append(struct connection *connection, const uint8_t *end) { connection->out_used = (size_t)(end - connection->out); }

enum connection_state connection_flush(struct connection *connection, struct bench_failure *failure) {
    while (connection->out_sent < connection->out_used) {
        size_t remaining = connection->out_used - connection->out_sent;
        ssize_t sent = send(connection->descriptor, connection->out + connection->out_sent, remaining, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno != EAGAIN) return bench_fail(failure, "send: %s", strerror(errno)), CONNECTION_LOST;
        if (sent < 0) break;
        connection->out_sent += (size_t)sent;
    }
    bool unsent = connection->out_sent < connection->out_used;
    if (!unsent) connection->out_sent = connection->out_used = 0;
    if (unsent == connection->waits_to_write) return CONNECTION_FINE;
    connection->waits_to_write = unsent;
    struct epoll_event event = {.events = EPOLLIN | (unsent ? EPOLLOUT : 0), .data = {.ptr = connection}};
    epoll_ctl(connection->epoll, EPOLL_CTL_MOD, connection->descriptor, &event);
    return CONNECTION_FINE;
}

enum connection_state connection_receive(struct connection *connection, struct bench_failure *failure) {
    ssize_t size = recv(connection->descriptor, connection->in + connection->in_used, connection->in_bytes - connection->in_used, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return CONNECTION_FINE;
    if (size < 0) return bench_fail(failure, "receive: %s", strerror(errno)), CONNECTION_LOST;
    if (size == 0) {
        bench_fail(failure, "the server closed a connection with %u requests in flight", connection->in_flight);
        return CONNECTION_LOST;
    }
    connection->in_used += (size_t)size;
    return CONNECTION_FINE;
}

void connection_consume(struct connection *connection, size_t size) {
    connection->in_used -= size;
    if (size > 0 && connection->in_used > 0) memmove(connection->in, connection->in + size, connection->in_used);
}
