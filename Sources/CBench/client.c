#define _GNU_SOURCE
#include "client.h"

#include "failure.h"
#include "json.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_REPLY_BYTES = 64 << 10 }; /* a welcome and the answer to define are far smaller */
enum { FIRST_PORT = 15000, PORTS = 17000 };

bool client_address(const char *socket_path, struct sockaddr_un *address, struct bench_failure *failure) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(socket_path) >= sizeof address->sun_path) return bench_fail(failure, "the socket's path is too long: %s", socket_path);
    strcpy(address->sun_path, socket_path);
    return true;
}

int client_connect(const char *socket_path, struct bench_failure *failure) {
    struct sockaddr_un address;
    if (!client_address(socket_path, &address, failure)) return -1;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return bench_fail(failure, "socket: %s", strerror(errno)), -1;
    struct timeval timeout = {.tv_sec = TIMEOUT_SECONDS};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0) return descriptor;
    bench_fail(failure, "nothing answers at %s: %s", socket_path, strerror(errno));
    bench_blame_server(failure);
    close(descriptor);
    return -1;
}

static bool transfer(int descriptor, uint8_t *bytes, size_t size, bool out, struct bench_failure *failure) {
    while (size > 0) {
        ssize_t moved = out ? send(descriptor, bytes, size, MSG_NOSIGNAL) : recv(descriptor, bytes, size, 0);
        const char *reason = moved == 0 ? "the server closed the connection" : errno == EAGAIN ? "no answer in 30 s" : strerror(errno);
        if (moved <= 0) return bench_fail(failure, "%s: %s", out ? "send" : "receive", reason), bench_blame_server(failure);
        bytes += moved;
        size -= (size_t)moved;
    }
    return true;
}

static size_t swap_frames(int descriptor, uint8_t *buffer, size_t room, const uint8_t *end, struct bench_failure *failure) {
    if (!transfer(descriptor, buffer, (size_t)(end - buffer), true, failure) || !transfer(descriptor, buffer, 4, false, failure)) return 0;
    uint64_t length;
    take_big_endian(&(struct reader){buffer, buffer + 4}, 4, &length);
    if (length > room - 4)
        return bench_fail(failure, "a frame of %llu bytes came where a short one must", (unsigned long long)length);
    return transfer(descriptor, buffer + 4, length, false, failure) ? 4 + length : 0;
}

/* The limit's value in a welcome {0: 2, …, 4: {"maxInFlight": n, …}, …}; 0 when it is not there. */
static uint64_t limit_in_welcome(struct reader frame, const char *limit) {
    uint64_t entries, key, limits, value;
    if (!take_map(&frame, &entries)) return 0;
    for (; entries > 0 && take_unsigned(&frame, &key); entries--) {
        if (key != 4) {
            if (!skip_value(&frame)) return 0;
            continue;
        }
        const char *name;
        size_t size;
        if (!take_map(&frame, &limits)) return 0;
        for (; limits > 0 && take_string(&frame, &name, &size) && take_unsigned(&frame, &value); limits--) {
            if (size == strlen(limit) && memcmp(name, limit, size) == 0) return value;
        }
        return 0;
    }
    return 0;
}

/* Whoever waits for one answer gets none: the failure says why. */
static bool says_failure(enum arrival arrival) {
    return arrival == ARRIVAL_WRONG || arrival == ARRIVAL_FAULT || arrival == ARRIVAL_LEAVING;
}

uint64_t client_hello(int descriptor, struct bench_failure *failure) {
    uint8_t buffer[MAX_REPLY_BYTES];
    size_t size = swap_frames(descriptor, buffer, sizeof buffer, put_hello(buffer), failure);
    if (size == 0) return 0;
    struct reply reply;
    struct reader frame = {buffer + 4, buffer + size};
    if (says_failure(find_frame(buffer, size, &reply, failure))) return 0;
    if (size < 7 || buffer[5] != 0 || buffer[6] != KIND_WELCOME)
        return bench_fail(failure, "a hello was answered with something that is no welcome");
    uint64_t max_in_flight = limit_in_welcome(frame, "maxInFlight");
    return max_in_flight ? max_in_flight : (uint64_t)bench_fail(failure, "the welcome names no limit maxInFlight");
}

bool client_call(
    int descriptor, uint8_t *buffer, size_t room, const uint8_t *end, struct reply *reply, struct bench_failure *failure) {
    size_t size = swap_frames(descriptor, buffer, room, end, failure);
    if (size == 0) return false;
    enum arrival arrival = find_frame(buffer, size, reply, failure);
    if (says_failure(arrival)) return false;
    if (arrival == ARRIVAL_REPLY && reply->id == 0) return true;
    return bench_fail(failure, "another frame came than the reply to request 0");
}

int client_open(const char *socket_path, struct bench_failure *failure) {
    int descriptor = client_connect(socket_path, failure);
    if (descriptor < 0 || client_hello(descriptor, failure)) return descriptor;
    close(descriptor);
    return -1;
}

/* One connection, one request; the reply's result is left to be taken from `reply`, which points into the buffer. */
static bool ask(
    const char *socket_path, uint8_t buffer[MAX_REPLY_BYTES], uint8_t *end, struct reply *reply, struct bench_failure *failure) {
    int descriptor = client_open(socket_path, failure);
    if (descriptor < 0) return false;
    bool answered = client_call(descriptor, buffer, MAX_REPLY_BYTES, end, reply, failure) && take_result(reply, failure);
    close(descriptor);
    return answered;
}

bool bench_define(const char *socket_path, const char *repository, bool custom_id, struct bench_failure *failure) {
    uint8_t buffer[MAX_REPLY_BYTES];
    struct reply reply;
    uint8_t *end = put_string(put_unsigned(begin_request(buffer, 5, 0, OPERATION_DEFINE), 3), repository);
    end = put_map(put_unsigned(put_map(put_unsigned(end, 4), 1), 11), custom_id ? 2 : 1);
    end = put_string(put_string(end, "name"), repository);
    if (custom_id) end = put_true(put_string(end, "customId"));
    return ask(socket_path, buffer, end_frame(buffer, end), &reply, failure);
}

bool bench_count(const char *socket_path, const char *repository, uint64_t *count, struct bench_failure *failure) {
    uint8_t buffer[MAX_REPLY_BYTES];
    struct reply reply;
    uint8_t *end = put_string(put_unsigned(begin_request(buffer, 4, 0, OPERATION_COUNT), 3), repository);
    if (!ask(socket_path, buffer, end_frame(buffer, end), &reply, failure)) return false;
    return take_unsigned(&reply.rest, count) || bench_fail(failure, "a count was answered with something that is no number");
}

bool bench_empty(const char *socket_path, const char *repository, struct bench_failure *failure) {
    uint8_t buffer[MAX_REPLY_BYTES];
    struct reply reply;
    uint8_t *end = put_string(put_unsigned(begin_request(buffer, 5, 0, OPERATION_DELETE_ALL), 3), repository);
    end = put_list(put_unsigned(put_map(put_unsigned(end, 4), 2), 1), 0);
    return ask(socket_path, buffer, end_frame(buffer, put_true(put_unsigned(end, 8))), &reply, failure);
}

bool bench_stats(const char *socket_path, char *json, size_t size, struct bench_failure *failure) {
    uint8_t buffer[MAX_REPLY_BYTES];
    struct reply reply;
    uint8_t *end = begin_request(buffer, 3, 0, OPERATION_STATS);
    if (!ask(socket_path, buffer, end_frame(buffer, end), &reply, failure)) return false;
    return json_of(&reply.rest, json, size) || bench_fail(failure, "what the daemon says of itself cannot be read");
}

void client_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

bool bench_connect_idle_clients(const char *socket_path, uint32_t clients, struct bench_failure *failure) {
    client_raise_descriptor_limit();
    for (uint32_t client = 0; client < clients; client++) {
        if (client_open(socket_path, failure) < 0) return false;
    }
    return true;
}

bool bench_is_listening(const char *socket_path) {
    struct bench_failure failure;
    int descriptor = client_connect(socket_path, &failure);
    if (descriptor >= 0) close(descriptor);
    return descriptor >= 0;
}

static int with_loopback(uint16_t port, struct sockaddr_in *address) {
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

bool bench_is_listening_on(uint16_t port) {
    struct sockaddr_in address;
    int descriptor = with_loopback(port, &address);
    bool listens = connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0;
    close(descriptor);
    return listens;
}

uint16_t bench_free_port(void) {
    struct sockaddr_in address;
    struct random random = {(bench_now() ^ (uint64_t)getpid() << 32) | 1};
    for (int tries = 0; tries < 100; tries++) {
        uint16_t port = (uint16_t)(FIRST_PORT + random_below(&random, PORTS));
        int descriptor = with_loopback(port, &address);
        bool is_free = bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0;
        close(descriptor);
        if (is_free) return port;
    }
    return 0;
}
