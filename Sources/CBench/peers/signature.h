/* AWS' Signature Version 4 for DynamoDB's requests, as much of it as a benchmark needs: POST /, four headers, and a fifth for credentials
   that AWS gave for a while.
   https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
#ifndef SLUICE_BENCH_SIGNATURE_H
#define SLUICE_BENCH_SIGNATURE_H

#include <stddef.h>

enum { SIGNATURE_BYTES = 512, SIGNATURE_TIME_BYTES = 17, SIGNATURE_TOKEN_BYTES = 4096 };

struct signature_key {
    const char *access_key, *secret_key, *region;
    const char *token; /* null: none; shorter than SIGNATURE_TOKEN_BYTES */
    char day[9];
    unsigned char bytes[32]; /* of that day */
};

/* Writes the time, as the header x-amz-date has it, and the header Authorization for a body that goes to `target` at `host` now. */
void sign(
    struct signature_key *key, const char *host, const char *target, const char *body, size_t size, char time_text[SIGNATURE_TIME_BYTES],
    char authorization[SIGNATURE_BYTES]);

#endif
