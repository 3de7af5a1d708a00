/* A storm of clients that come for one request: connect, hello, ping, close. */
#define _GNU_SOURCE
#include "client.h"
#include "failure.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_EVENTS = 256, WAIT_MILLISECONDS = 2, ROOM_BYTES = 16 << 10 };
#define PATIENCE_NANOSECONDS (30ull * 1000000000ull)

struct visitor {
    int descriptor; /* -1: not there */
    uint64_t started;
    size_t used;
    uint8_t in[ROOM_BYTES];
};

struct storm {
    const struct bench_load *load;
    struct bench_result *result;
    struct bench_failure *failure;
    struct sockaddr_un address;
    int epoll;
    uint64_t begins, ends;
};

static void leave(struct storm *storm, struct visitor *visitor, bool failed) {
    uint64_t now = bench_now();
    if (now >= storm->begins && now < storm->ends)
        bench_result_note(storm->result, BENCH_READ, now - visitor->started, now - storm->begins, failed);
    if (failed) storm->result->errors[BENCH_LOST]++;
    else storm->result->answered_in_all++;
    if (visitor->descriptor >= 0) close(visitor->descriptor);
    visitor->descriptor = -1;
}

/* The hello and the ping go out together: a client need not wait for the welcome. */
static void come(struct storm *storm, struct visitor *visitor) {
    uint8_t out[128];
    visitor->started = bench_now();
    visitor->used = 0;
    visitor->descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    uint8_t *hello_end = put_hello(out), *end = end_frame(hello_end, begin_request(hello_end, 3, 0, OPERATION_PING));
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = visitor}};
    if (visitor->descriptor >= 0 && connect(visitor->descriptor, (struct sockaddr *)&storm->address, sizeof storm->address) == 0 &&
        send(visitor->descriptor, out, (size_t)(end - out), MSG_NOSIGNAL) == end - out &&
        epoll_ctl(storm->epoll, EPOLL_CTL_ADD, visitor->descriptor, &event) == 0)
        return;
    leave(storm, visitor, true);
}

static bool check_pong(struct storm *storm, struct visitor *visitor, struct reply *reply) {
    if (!take_result(reply, storm->failure)) return false;
    if (!take_exactly(&reply->rest, 0xc0)) return bench_fail(storm->failure, "a ping was answered with more than null");
    leave(storm, visitor, false);
    return true;
}

static bool receive(struct storm *storm, struct visitor *visitor) {
    ssize_t size = recv(visitor->descriptor, visitor->in + visitor->used, ROOM_BYTES - visitor->used, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (size <= 0) return leave(storm, visitor, true), true;
    visitor->used += (size_t)size;
    struct reply reply;
    for (size_t at = 0; at < visitor->used; at += reply.size) {
        enum arrival arrival = find_frame(visitor->in + at, visitor->used - at, &reply, storm->failure);
        if (arrival == ARRIVAL_WRONG) return false;
        if (arrival == ARRIVAL_INCOMPLETE) break;
        if (arrival == ARRIVAL_LEAVING) return leave(storm, visitor, true), true;
        if (arrival == ARRIVAL_REPLY) return check_pong(storm, visitor, &reply);
    }
    return visitor->used < ROOM_BYTES || bench_fail(storm->failure, "more came than a welcome and a pong");
}

static bool serve(struct storm *storm, struct visitor *visitors) {
    struct epoll_event events[MAX_EVENTS];
    uint64_t now = bench_now();
    for (uint32_t index = 0; index < storm->load->clients; index++) {
        if (visitors[index].descriptor < 0) come(storm, &visitors[index]);
        else if (now > visitors[index].started + PATIENCE_NANOSECONDS) leave(storm, &visitors[index], true);
    }
    int ready = epoll_wait(storm->epoll, events, MAX_EVENTS, WAIT_MILLISECONDS);
    for (int index = 0; index < ready; index++) {
        struct visitor *visitor = events[index].data.ptr;
        if (!receive(storm, visitor)) return false;
        if (visitor->descriptor < 0 && bench_now() < storm->ends) come(storm, visitor);
    }
    return !bench_interrupted() || bench_fail(storm->failure, "interrupted");
}

bool bench_storm_run(const struct bench_load *load, struct bench_result *result, struct bench_failure *failure) {
    struct storm storm = {.load = load, .result = result, .failure = failure, .epoll = epoll_create1(EPOLL_CLOEXEC)};
    if (!client_address(load->socket_path, &storm.address, failure)) return false;
    client_raise_descriptor_limit();
    struct visitor *visitors = calloc(load->clients, sizeof *visitors);
    if (!visitors) abort();
    for (uint32_t index = 0; index < load->clients; index++) visitors[index].descriptor = -1;
    storm.begins = bench_now() + load->warm_up;
    storm.ends = storm.begins + load->window;
    bench_result_begin(result, load->window);
    uint64_t processor = bench_process_time(getpid());
    bool is_right = true;
    while (is_right && bench_now() < storm.ends) is_right = serve(&storm, visitors);
    for (uint32_t index = 0; index < load->clients; index++) {
        if (visitors[index].descriptor >= 0) close(visitors[index].descriptor);
    }
    close(storm.epoll);
    free(visitors);
    result->answered = result->connects = result->latency.count;
    result->window = load->window;
    result->processor = bench_process_time(getpid()) - processor;
    return is_right;
}
