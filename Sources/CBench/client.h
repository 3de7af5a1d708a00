/* A connection before and beside the load: blocking, one thing at a time, given up after TIMEOUT_SECONDS. */
#ifndef SLUICE_BENCH_CLIENT_H
#define SLUICE_BENCH_CLIENT_H

#include "exchange.h"

enum { TIMEOUT_SECONDS = 30 };

/* A connected socket, or -1. */
int client_connect(const char *socket_path, struct bench_failure *failure);
/* Says hello and reads the welcome; answers how many requests the daemon allows in flight, 0 when it failed. */
uint64_t client_hello(int descriptor, struct bench_failure *failure);
/* A thousand connections are past the usual soft limit of descriptors; the hard one is far above. */
void client_raise_descriptor_limit(void);
/* Fills in the address; false when the path is too long for one. */
struct sockaddr_un;
bool client_address(const char *socket_path, struct sockaddr_un *address, struct bench_failure *failure);

#endif
