#define _GNU_SOURCE
#include "CEpoll.h"

#include <pthread.h>
#include <signal.h>

enum { MAX_EVENTS = 256 };

int sluice_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

int sluice_epoll_wait(int epoll, struct sluice_epoll_event *events, int capacity, int timeout_milliseconds) {
    struct epoll_event native[MAX_EVENTS];
    int count = epoll_wait(epoll, native, capacity < MAX_EVENTS ? capacity : MAX_EVENTS, timeout_milliseconds);
    for (int index = 0; index < count; index++) {
        events[index].events = native[index].events;
        events[index].token = native[index].data.u64;
    }
    return count;
}

int sluice_peer_credentials(int descriptor, int32_t *process, uint32_t *user, uint32_t *group) {
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return -1;
    *process = credentials.pid;
    *user = credentials.uid;
    *group = credentials.gid;
    return 0;
}

int sluice_accept(int listener) { return accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC); }

int sluice_signal_descriptor(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int index = 0; index < count; index++) sigaddset(&set, signals[index]);
    if (pthread_sigmask(SIG_BLOCK, &set, 0) != 0) return -1;
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}
