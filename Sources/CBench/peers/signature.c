#include "signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DIGEST_BYTES = 32, TEXT_BYTES = SIGNATURE_TOKEN_BYTES + 1024 };

static void hexadecimal(const unsigned char digest[DIGEST_BYTES], char text[2 * DIGEST_BYTES + 1]) {
    for (int byte = 0; byte < DIGEST_BYTES; byte++) snprintf(text + 2 * byte, 3, "%02x", digest[byte]);
}

static void hash(const void *bytes, size_t size, char text[2 * DIGEST_BYTES + 1]) {
    unsigned char digest[DIGEST_BYTES];
    EVP_Digest(bytes, size, digest, 0, EVP_sha256(), 0);
    hexadecimal(digest, text);
}

static void authenticate(const unsigned char *key, size_t key_size, const char *text, unsigned char digest[DIGEST_BYTES]) {
    HMAC(EVP_sha256(), key, (int)key_size, (const unsigned char *)text, strlen(text), digest, 0);
}

static void derive_key(struct signature_key *key, const char *day) {
    char first[128];
    unsigned char step[DIGEST_BYTES];
    snprintf(first, sizeof first, "AWS4%s", key->secret_key);
    authenticate((const unsigned char *)first, strlen(first), day, step);
    authenticate(step, sizeof step, key->region, step);
    authenticate(step, sizeof step, "dynamodb", step);
    authenticate(step, sizeof step, "aws4_request", key->bytes);
    strcpy(key->day, day);
}

void sign(
    struct signature_key *key, const char *host, const char *target, const char *body, size_t size, char time_text[SIGNATURE_TIME_BYTES],
    char authorization[SIGNATURE_BYTES]) {
    const char *signed_headers = key->token ? "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
                                            : "content-type;host;x-amz-date;x-amz-target";
    char body_hash[2 * DIGEST_BYTES + 1], request_hash[2 * DIGEST_BYTES + 1], text[TEXT_BYTES], day[9];
    unsigned char digest[DIGEST_BYTES];
    time_t now = time(0);
    struct tm parts;
    strftime(time_text, SIGNATURE_TIME_BYTES, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &parts));
    memcpy(day, time_text, 8);
    day[8] = 0;
    if (strcmp(day, key->day) != 0) derive_key(key, day);
    hash(body, size, body_hash);
    int used = snprintf(
        text, sizeof text, "POST\n/\n\ncontent-type:application/x-amz-json-1.0\nhost:%s\nx-amz-date:%s\n%s%s%sx-amz-target:%s\n\n%s\n%s",
        host, time_text, key->token ? "x-amz-security-token:" : "", key->token ? key->token : "", key->token ? "\n" : "", target,
        signed_headers, body_hash);
    hash(text, (size_t)used, request_hash);
    snprintf(text, sizeof text, "AWS4-HMAC-SHA256\n%s\n%s/%s/dynamodb/aws4_request\n%s", time_text, day, key->region, request_hash);
    authenticate(key->bytes, sizeof key->bytes, text, digest);
    hexadecimal(digest, request_hash);
    snprintf(
        authorization, SIGNATURE_BYTES, "Authorization: AWS4-HMAC-SHA256 Credential=%s/%s/%s/dynamodb/aws4_request, SignedHeaders=%s, "
        "Signature=%s", key->access_key, day, key->region, signed_headers, request_hash);
}
