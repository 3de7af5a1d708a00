/* The server to compare with: one epoll set, nothing but receive and send. In C because it is what the machine can do. */
#define _GNU_SOURCE
#include "echo.h"
#include "client.h"
#include "failure.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_EVENTS = 256, BUFFER_BYTES = 64 << 10, BACKLOG = 4096 };

int echo_listen(const char *socket_path, struct bench_failure *failure) {
    struct sockaddr_un address;
    if (!client_address(socket_path, &address, failure)) return -1;
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, BACKLOG) == 0)
        return listener;
    bench_fail(failure, "cannot listen at %s: %s", socket_path, strerror(errno));
    if (listener >= 0) close(listener);
    return -1;
}

bool echo_watch(int epoll, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = descriptor}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void echo_accept_all(int epoll, int listener) {
    int client;
    while ((client = accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (!echo_watch(epoll, client)) close(client);
    }
}

/* A client that does not take its bytes back, or has ended, is closed: the benchmark's own always
   reads. Closing takes it out of the epoll set. */
static void echo(int client) {
    static char buffer[BUFFER_BYTES];
    ssize_t size = read(client, buffer, sizeof buffer);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0 || send(client, buffer, (size_t)size, MSG_NOSIGNAL) != size) close(client);
}

void bench_echo_serve(const char *socket_path, struct bench_failure *failure) {
    int listener = echo_listen(socket_path, failure);
    if (listener < 0) return;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0 || !echo_watch(epoll, listener)) {
        bench_fail(failure, "epoll: %s", strerror(errno));
        return;
    }
    struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int ready = epoll_wait(epoll, events, MAX_EVENTS, -1);
        for (int index = 0; index < ready; index++) {
            if (events[index].data.fd == listener) echo_accept_all(epoll, listener);
            else echo(events[index].data.fd);
        }
    }
}
