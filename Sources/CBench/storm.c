/* A storm of clients that come for one request: connect, hello, ping, close. */
#define _GNU_SOURCE
#include "client.h"
#include "failure.h"
#include "ledger.h"

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
    uint64_t started; /* 0: not on its way either */
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

/* With its pong, or (error 0 and more) without. */
static void leave(struct storm *storm, struct visitor *visitor, int error) {
    uint64_t now = bench_now();
    bool failed = error >= 0;
    if (now >= storm->begins && now < storm->ends)
        bench_result_note(storm->result, BENCH_READ, now - visitor->started, now - storm->begins, failed);
    if (failed) storm->result->errors[error]++;
    else storm->result->answered_in_all++;
    if (!failed && storm->load->ledger) {
        ledger_note_answers(storm->load->ledger, 1);
        ledger_note_success(storm->load->ledger, visitor->started, now);
    }
    if (visitor->descriptor >= 0) close(visitor->descriptor);
    visitor->descriptor = -1;
    visitor->started = 0;
}

/* The failure says why the server did not serve this one. */
static bool turn_away(struct storm *storm, struct visitor *visitor, int error) {
    leave(storm, visitor, error);
    return storm->load->tolerant || bench_blame_server(storm->failure);
}

static bool connects(struct storm *storm, struct visitor *visitor) {
    visitor->descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return visitor->descriptor >= 0 && connect(visitor->descriptor, (struct sockaddr *)&storm->address, sizeof storm->address) == 0;
}

/* The hello and the ping go out together: a client need not wait for the welcome. Where as many wait to be let in as may, it tries again
   later, and its time runs. */
static bool come(struct storm *storm, struct visitor *visitor) {
    uint8_t out[128];
    if (!visitor->started) visitor->started = bench_now();
    visitor->used = 0;
    if (!connects(storm, visitor)) {
        bool is_full = visitor->descriptor >= 0 && errno == EAGAIN;
        bench_fail(storm->failure, "nothing answers at %s: %s", storm->load->socket_path, strerror(errno));
        if (!is_full) return turn_away(storm, visitor, BENCH_LOST);
        close(visitor->descriptor);
        visitor->descriptor = -1;
        return true;
    }
    uint8_t *hello_end = put_hello(out), *end = end_frame(hello_end, begin_request(hello_end, 3, 0, OPERATION_PING));
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = visitor}};
    /* A server that has closed already may have said why, which is read as any answer is. */
    bool is_sent = send(visitor->descriptor, out, (size_t)(end - out), MSG_NOSIGNAL) == end - out || errno == EPIPE;
    if (is_sent && epoll_ctl(storm->epoll, EPOLL_CTL_ADD, visitor->descriptor, &event) == 0) return true;
    bench_fail(storm->failure, "a client that has connected cannot send: %s", strerror(errno));
    return turn_away(storm, visitor, BENCH_LOST);
}

static bool check_pong(struct storm *storm, struct visitor *visitor, struct reply *reply) {
    struct service_error error;
    enum verdict verdict = take_answer(reply, &error, storm->failure);
    if (verdict == VERDICT_ERROR) return turn_away(storm, visitor, error.code);
    if (verdict != VERDICT_RIGHT) return false;
    if (!take_exactly(&reply->rest, 0xc0)) return bench_fail(storm->failure, "a ping was answered with more than null");
    if (!at_end(reply, storm->failure)) return false;
    leave(storm, visitor, -1);
    return true;
}

static bool receive(struct storm *storm, struct visitor *visitor) {
    ssize_t size = recv(visitor->descriptor, visitor->in + visitor->used, ROOM_BYTES - visitor->used, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (size <= 0) {
        bench_fail(storm->failure, "a client that has connected got no pong: %s", size == 0 ? "connection closed" : strerror(errno));
        return turn_away(storm, visitor, BENCH_LOST);
    }
    visitor->used += (size_t)size;
    struct reply reply;
    for (size_t at = 0; at < visitor->used; at += reply.size) {
        enum arrival arrival = find_frame(visitor->in + at, visitor->used - at, &reply, storm->failure);
        if (arrival == ARRIVAL_WRONG) return false;
        if (arrival == ARRIVAL_INCOMPLETE) break;
        if (arrival == ARRIVAL_LEAVING || arrival == ARRIVAL_FAULT) return turn_away(storm, visitor, reply.code);
        if (arrival == ARRIVAL_REPLY) return check_pong(storm, visitor, &reply);
    }
    return visitor->used < ROOM_BYTES || bench_fail(storm->failure, "more came than a welcome and a pong");
}

/* Lets those come who are not there, and those go who have waited long enough, or (`is_cut`) at all. */
static bool look_after(struct storm *storm, struct visitor *visitor, bool is_cut) {
    bool is_late = visitor->started && bench_now() > visitor->started + PATIENCE_NANOSECONDS;
    if (is_late || (is_cut && visitor->descriptor >= 0)) {
        bench_fail(storm->failure, is_late ? "a client got no pong in 30 s" : "connections were to be cut");
        return turn_away(storm, visitor, BENCH_LOST);
    }
    return visitor->descriptor >= 0 || come(storm, visitor);
}

static bool serve(struct storm *storm, struct visitor *visitors) {
    struct epoll_event events[MAX_EVENTS];
    bool is_cut = bench_take_cut();
    for (uint32_t index = 0; index < storm->load->clients; index++) {
        if (!look_after(storm, &visitors[index], is_cut)) return false;
    }
    int ready = epoll_wait(storm->epoll, events, MAX_EVENTS, WAIT_MILLISECONDS);
    for (int index = 0; index < ready; index++) {
        struct visitor *visitor = events[index].data.ptr;
        if (!receive(storm, visitor)) return false;
        if (visitor->descriptor < 0 && bench_now() < storm->ends && !come(storm, visitor)) return false;
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
