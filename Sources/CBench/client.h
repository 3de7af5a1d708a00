/* A connection before and beside the load: blocking, one thing at a time, given up after TIMEOUT_SECONDS. */
#ifndef SLUICE_BENCH_CLIENT_H
#define SLUICE_BENCH_CLIENT_H

#include "exchange.h"

enum { TIMEOUT_SECONDS = 30 };

/* A connected socket, or -1. */
int client_connect(const char *socket_path, struct bench_failure *failure);
/* Says hello and reads the welcome; answers how many requests the daemon allows in flight, 0 when it failed. */
uint64_t client_hello(int descriptor, struct bench_failure *failure);
/* A connection that has shaken hands, or -1. */
int client_open(const char *socket_path, struct bench_failure *failure);
/* Sends the request 0 that stands in the buffer up to `end`, and reads its reply into the same buffer, of which `room` bytes are there. */
bool client_call(
    int descriptor, uint8_t *buffer, size_t room, const uint8_t *end, struct reply *reply, struct bench_failure *failure);
/* A thousand connections are past the usual soft limit of descriptors; the hard one is far above. */
void client_raise_descriptor_limit(void);
/* Fills in the address; false when the path is too long for one. */
struct sockaddr_un;
bool client_address(const char *socket_path, struct sockaddr_un *address, struct bench_failure *failure);

#endif
