/* The Linux system calls of the event loop that Glibc's Swift overlay does not carry, or carries in a form Swift cannot call. */
#ifndef SLUICE_CEPOLL_H
#define SLUICE_CEPOLL_H

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>

/* struct epoll_event is packed and its data a union: Swift sees neither well. These carry a 64-bit token instead. */
struct sluice_epoll_event {
    uint32_t events;
    uint64_t token;
};
int sluice_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token);
int sluice_epoll_wait(int epoll, struct sluice_epoll_event *events, int capacity, int timeout_milliseconds);

/* struct ucred needs _GNU_SOURCE, which Swift's importer does not set. Answers 0 or -1 with errno. */
int sluice_peer_credentials(int descriptor, int32_t *process, uint32_t *user, uint32_t *group);

/* accept4 needs _GNU_SOURCE too: the new descriptor is born non-blocking and close-on-exec. */
int sluice_accept(int listener);

/* shutdown(2) with SHUT_RD, which is an enumerator and a macro of its own name: compiled for release, Swift 6.3 finds it in one file of
   a module and not in the next. */
static inline int sluice_shutdown_reading(int descriptor) { return shutdown(descriptor, SHUT_RD); }

/* The signals in the set are blocked in the calling thread (before any other starts) and read from the descriptor that is answered. */
int sluice_signal_descriptor(const int *signals, int count);

#endif
