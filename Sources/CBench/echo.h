/* What the two echo servers have in common: a listening socket and an epoll set of those who came. */
#ifndef SLUICE_BENCH_ECHO_H
#define SLUICE_BENCH_ECHO_H

#include "CBench.h"

/* A listening socket, or -1. */
int echo_listen(const char *socket_path, struct bench_failure *failure);
/* Puts a descriptor into the set, to be told when it is readable. */
bool echo_watch(int epoll, int descriptor);
/* Takes every client that waits at the listener. */
void echo_accept_all(int epoll, int listener);

#endif
