/* A server that is further away: what is sent to it arrives later, as over a long line, and what it answers comes back at once. One thread;
   sockets are read without waiting and written with it, which a protocol of questions and answers stands. */
#define _GNU_SOURCE
#include "CBench.h"
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

enum { MAX_EVENTS = 256, BUFFER_BYTES = 64 << 10, BACKLOG = 4096 };

/* One socket of a link; `ended` once it has nothing more to be read. */
struct end {
    struct link *link;
    int descriptor;
    bool ended;
};

struct link {
    struct end near, far; /* the client's, the server's */
    uint32_t under_way;   /* parcels that have not arrived */
};

/* Bytes on their way to the server; none: the client has ended. */
struct parcel {
    struct parcel *next;
    struct link *link;
    uint64_t due;
    size_t size;
    char bytes[];
};

struct relay {
    int epoll, listener;
    uint16_t server;
    uint64_t delay;
    struct parcel *first, **last; /* all have the same delay, so the first is due first */
};

static struct sockaddr_in loopback(uint16_t port) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static bool watch(const struct relay *relay, int descriptor, struct end *end) {
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = end}};
    return epoll_ctl(relay->epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

static void accept_one(struct relay *relay) {
    int near = accept4(relay->listener, 0, 0, SOCK_CLOEXEC), far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = loopback(relay->server);
    struct link *link = calloc(1, sizeof *link);
    if (link && near >= 0 && far >= 0 && connect(far, (struct sockaddr *)&address, sizeof address) == 0) {
        *link = (struct link){.near = {link, near, false}, .far = {link, far, false}};
        setsockopt(near, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(far, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (watch(relay, near, &link->near) && watch(relay, far, &link->far)) return;
    }
    if (near >= 0) close(near);
    if (far >= 0) close(far);
    free(link);
}

static void free_if_over(struct link *link) {
    if (!link->near.ended || !link->far.ended || link->under_way > 0) return;
    close(link->near.descriptor);
    close(link->far.descriptor);
    free(link);
}

/* Whoever cannot be written to is gone, and both ends are told so. */
static void write_all(struct end *end, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t written = send(end->descriptor, bytes, size, MSG_NOSIGNAL);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            shutdown(end->link->near.descriptor, SHUT_RDWR);
            shutdown(end->link->far.descriptor, SHUT_RDWR);
            return;
        }
        bytes += written;
        size -= (size_t)written;
    }
}

static void dispatch(struct relay *relay, struct link *link, const char *bytes, size_t size) {
    struct parcel *parcel = malloc(sizeof *parcel + size);
    if (!parcel) abort();
    *parcel = (struct parcel){.link = link, .due = bench_now() + relay->delay, .size = size};
    memcpy(parcel->bytes, bytes, size);
    link->under_way++;
    *relay->last = parcel;
    relay->last = &parcel->next;
}

static void deliver_due(struct relay *relay) {
    while (relay->first && relay->first->due <= bench_now()) {
        struct parcel *parcel = relay->first;
        relay->first = parcel->next;
        if (!relay->first) relay->last = &relay->first;
        struct link *link = parcel->link;
        if (parcel->size > 0) write_all(&link->far, parcel->bytes, parcel->size);
        else shutdown(link->far.descriptor, SHUT_WR);
        free(parcel);
        link->under_way--;
        free_if_over(link);
    }
}

static void receive(struct relay *relay, struct end *end) {
    static char buffer[BUFFER_BYTES];
    struct link *link = end->link;
    ssize_t size = recv(end->descriptor, buffer, sizeof buffer, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    bool is_near = end == &link->near;
    if (size > 0 && is_near) dispatch(relay, link, buffer, (size_t)size);
    if (size > 0 && !is_near) write_all(&link->near, buffer, (size_t)size);
    if (size > 0) return;
    end->ended = true;
    epoll_ctl(relay->epoll, EPOLL_CTL_DEL, end->descriptor, 0);
    if (is_near) dispatch(relay, link, buffer, 0);
    else shutdown(link->near.descriptor, SHUT_WR);
    free_if_over(link);
}

static int wait_for_events(const struct relay *relay, struct epoll_event events[MAX_EVENTS]) {
    uint64_t now = bench_now(), due = relay->first ? relay->first->due : 0;
    uint64_t wait = due > now ? due - now : 0;
    struct timespec time = {.tv_sec = (time_t)(wait / 1000000000), .tv_nsec = (long)(wait % 1000000000)};
    return epoll_pwait2(relay->epoll, events, MAX_EVENTS, relay->first ? &time : 0, 0);
}

void bench_relay_serve(uint16_t port, uint16_t server, uint64_t delay, struct bench_failure *failure) {
    struct relay relay = {.epoll = epoll_create1(EPOLL_CLOEXEC), .server = server, .delay = delay, .last = &relay.first};
    struct sockaddr_in address = loopback(port);
    int on = 1;
    relay.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(relay.listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (relay.epoll < 0 || relay.listener < 0 || bind(relay.listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(relay.listener, BACKLOG) != 0 || !watch(&relay, relay.listener, 0)) {
        bench_fail(failure, "cannot relay at port %u: %s", port, strerror(errno));
        return;
    }
    struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int ready = wait_for_events(&relay, events);
        for (int index = 0; index < ready; index++) {
            if (events[index].data.ptr) receive(&relay, events[index].data.ptr);
            else accept_one(&relay);
        }
        deliver_due(&relay);
    }
}
