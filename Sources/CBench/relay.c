/* A server that is further away: what is sent to it arrives later, as over a long line, and what it answers comes back at once. One thread
   that waits for nobody: what a side does not take is kept, and while enough of it is kept, no more is read for that side. */
#define _GNU_SOURCE
#include "client.h"
#include "failure.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* To the server as much may be under way as its longest message; back, no more than is read at once. */
enum { MAX_EVENTS = 256, BUFFER_BYTES = 64 << 10, BACKLOG = 4096, MOST_FORTH_BYTES = 16 << 20, MOST_BACK_BYTES = BUFFER_BYTES };
#define FULL_NANOSECONDS 20000000ull /* without a descriptor left it takes so long until the next try */

struct parcel;

struct queue {
    struct parcel *first, **last;
};

/* One socket of a link. */
struct end {
    struct link *link;
    struct end *other;
    int descriptor;
    uint32_t watched;     /* what the epoll set looks for; 0: it does not know the socket */
    bool ended;           /* there is nothing more to be read from it */
    size_t held, most;    /* bytes on their way to it, and with how many of them nothing more is read for it */
    struct queue arrived; /* what is to be written to it now */
};

struct link {
    struct link *next;
    struct end near, far; /* the client's, the server's */
    uint32_t travelling;  /* parcels that have not arrived */
    bool is_over;
};

/* Bytes on their way to an end; none: nothing more comes. */
struct parcel {
    struct parcel *next;
    struct end *to;
    uint64_t due;
    size_t size, sent;
    char bytes[];
};

struct relay {
    int epoll, listener;
    uint16_t server;
    bool is_full; /* there was no descriptor for a client, who waits */
    uint64_t delay;
    struct queue travelling; /* all have the same delay, so the first is due first */
    struct link *over;       /* events of this round may still name them */
};

static void put(struct queue *queue, struct parcel *parcel) {
    parcel->next = 0;
    *queue->last = parcel;
    queue->last = &parcel->next;
}

static struct parcel *take(struct queue *queue) {
    struct parcel *parcel = queue->first;
    queue->first = parcel->next;
    if (!queue->first) queue->last = &queue->first;
    return parcel;
}

static bool watch_listener(const struct relay *relay) {
    struct epoll_event event = {.events = EPOLLIN};
    return epoll_ctl(relay->epoll, EPOLL_CTL_ADD, relay->listener, &event) == 0;
}

/* An end that nothing is wanted of leaves the set, where its hang-up would be told again and again. */
static void watch(const struct relay *relay, struct end *end) {
    bool reads = !end->ended && end->other->held < end->other->most;
    uint32_t events = (reads ? EPOLLIN : 0u) | (end->arrived.first ? EPOLLOUT : 0u);
    if (events == end->watched) return;
    struct epoll_event event = {.events = events, .data = {.ptr = end}};
    epoll_ctl(relay->epoll, !events ? EPOLL_CTL_DEL : end->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, end->descriptor, &event);
    end->watched = events;
}

static void close_end(const struct relay *relay, struct end *end) {
    if (end->watched) epoll_ctl(relay->epoll, EPOLL_CTL_DEL, end->descriptor, 0);
    close(end->descriptor);
    while (end->arrived.first) free(take(&end->arrived));
}

/* Freed when no parcel names it. */
static void bury_if_alone(struct relay *relay, struct link *link) {
    if (!link->is_over || link->travelling > 0) return;
    link->next = relay->over;
    relay->over = link;
}

static void end_link(struct relay *relay, struct link *link) {
    close_end(relay, &link->near);
    close_end(relay, &link->far);
    link->is_over = true;
    bury_if_alone(relay, link);
}

/* Writes what it takes. Whoever cannot be written to is gone, and the link with it. */
static void flush(struct relay *relay, struct end *end) {
    struct link *link = end->link;
    for (struct parcel *parcel; (parcel = end->arrived.first);) {
        if (parcel->size == 0) shutdown(end->descriptor, SHUT_WR);
        while (parcel->sent < parcel->size) {
            ssize_t sent = send(end->descriptor, parcel->bytes + parcel->sent, parcel->size - parcel->sent, MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR) continue;
            if (sent < 0 && errno != EAGAIN) return end_link(relay, link);
            if (sent < 0) break;
            parcel->sent += (size_t)sent;
            end->held -= (size_t)sent;
        }
        if (parcel->sent < parcel->size) break;
        free(take(&end->arrived));
    }
    bool is_done = link->near.ended && link->far.ended && !link->near.arrived.first && !link->far.arrived.first;
    if (is_done && link->travelling == 0) return end_link(relay, link);
    watch(relay, end);
    watch(relay, end->other);
}

static void dispatch(struct relay *relay, struct end *to, const char *bytes, size_t size) {
    struct parcel *parcel = malloc(sizeof *parcel + size);
    if (!parcel) abort();
    *parcel = (struct parcel){.to = to, .due = bench_now() + relay->delay, .size = size};
    memcpy(parcel->bytes, bytes, size);
    to->held += size;
    bool is_forth = to == &to->link->far;
    put(is_forth ? &relay->travelling : &to->arrived, parcel);
    to->link->travelling += is_forth;
    if (is_forth) watch(relay, to->other);
    else flush(relay, to);
}

static void deliver_due(struct relay *relay) {
    while (relay->travelling.first && relay->travelling.first->due <= bench_now()) {
        struct parcel *parcel = take(&relay->travelling);
        struct end *end = parcel->to;
        struct link *link = end->link;
        link->travelling--;
        if (link->is_over) {
            free(parcel);
            bury_if_alone(relay, link);
        } else {
            put(&end->arrived, parcel);
            flush(relay, end);
        }
    }
}

static void receive(struct relay *relay, struct end *end) {
    static char buffer[BUFFER_BYTES];
    ssize_t size = recv(end->descriptor, buffer, sizeof buffer, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size < 0) return end_link(relay, end->link);
    end->ended = size == 0;
    dispatch(relay, end->other, buffer, (size_t)size);
}

static void serve(struct relay *relay, struct end *end, uint32_t events) {
    bool has_hung_up = events & (EPOLLHUP | EPOLLERR);
    if (!end->link->is_over && (end->watched & EPOLLIN) && (has_hung_up || (events & EPOLLIN))) receive(relay, end);
    if (!end->link->is_over && (end->watched & EPOLLOUT) && (has_hung_up || (events & EPOLLOUT))) flush(relay, end);
}

static struct sockaddr_in loopback(uint16_t port) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static void prepare(struct link *link, struct end *end, struct end *other, int descriptor, size_t most) {
    int on = 1;
    *end = (struct end){.link = link, .other = other, .descriptor = descriptor, .most = most, .arrived = {.last = &end->arrived.first}};
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* Both sockets or none: a client for whom there is none waits where it is. Until the server's stands, nothing can be written to it. */
static void accept_one(struct relay *relay) {
    int far = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int near = far < 0 ? -1 : accept4(relay->listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (near < 0) {
        relay->is_full = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (relay->is_full) epoll_ctl(relay->epoll, EPOLL_CTL_DEL, relay->listener, 0);
        if (far >= 0) close(far);
        return;
    }
    struct sockaddr_in address = loopback(relay->server);
    struct link *link = calloc(1, sizeof *link);
    if (!link) abort();
    prepare(link, &link->near, &link->far, near, MOST_BACK_BYTES);
    prepare(link, &link->far, &link->near, far, MOST_FORTH_BYTES);
    if (connect(far, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) return end_link(relay, link);
    watch(relay, &link->near);
    watch(relay, &link->far);
}

static void free_over(struct relay *relay) {
    while (relay->over) {
        struct link *link = relay->over;
        relay->over = link->next;
        free(link);
    }
}

static int wait_for_events(struct relay *relay, struct epoll_event events[MAX_EVENTS]) {
    uint64_t now = bench_now(), due = relay->travelling.first ? relay->travelling.first->due : UINT64_MAX;
    if (relay->is_full && due > now + FULL_NANOSECONDS) due = now + FULL_NANOSECONDS;
    uint64_t wait = due > now ? due - now : 0;
    struct timespec time = {.tv_sec = (time_t)(wait / 1000000000), .tv_nsec = (long)(wait % 1000000000)};
    int ready = epoll_pwait2(relay->epoll, events, MAX_EVENTS, due == UINT64_MAX ? 0 : &time, 0);
    if (relay->is_full) relay->is_full = !watch_listener(relay);
    return ready;
}

void bench_relay_serve(uint16_t port, uint16_t server, uint64_t delay, struct bench_failure *failure) {
    struct relay relay = {.epoll = epoll_create1(EPOLL_CLOEXEC), .server = server, .delay = delay};
    struct sockaddr_in address = loopback(port);
    int on = 1;
    client_raise_descriptor_limit();
    relay.travelling.last = &relay.travelling.first;
    relay.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(relay.listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (relay.epoll < 0 || relay.listener < 0 || bind(relay.listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(relay.listener, BACKLOG) != 0 || !watch_listener(&relay)) {
        bench_fail(failure, "cannot relay at port %u: %s", port, strerror(errno));
        return;
    }
    struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int ready = wait_for_events(&relay, events);
        for (int index = 0; index < ready; index++) {
            struct end *end = events[index].data.ptr;
            if (end) serve(&relay, end, events[index].events);
            else accept_one(&relay);
        }
        deliver_due(&relay);
        free_over(&relay);
    }
}
