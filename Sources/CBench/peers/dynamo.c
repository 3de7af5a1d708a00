/* DynamoDB by libcurl: one handle for each thread, whose connection is kept alive, each request signed. Credentials and region come from
   AWS' usual variables, a session token with them; local servers take any. */
#include "driver.h"
#include "signature.h"

#include <curl/curl.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { HEADER_BYTES = 256, FIXED_BODY_BYTES = 1024, FIRST_REPLY_BYTES = 64 << 10, PATIENCE_SECONDS = 30, DEFINE_TRIES = 600 };
#define DEFINE_NANOSECONDS 100000000 /* from one look at a table to the next: AWS takes some seconds to make one */


struct text {
    char *bytes;
    size_t used, room;
};

struct dynamo {
    const struct bench_load *load;
    CURL *curl;
    char url[HEADER_BYTES], host[HEADER_BYTES], token_header[SIGNATURE_TOKEN_BYTES + 32];
    struct signature_key key;
    struct text reply;
    char *body;
    size_t body_room;
    char error[CURL_ERROR_SIZE];
};

static void initialise(void) { curl_global_init(CURL_GLOBAL_ALL); }

static bool start(struct bench_failure *failure) {
    (void)failure;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    return pthread_once(&once, initialise) == 0;
}

static void close_connection(void *connection) {
    struct dynamo *dynamo = connection;
    if (dynamo->curl) curl_easy_cleanup(dynamo->curl);
    free(dynamo->reply.bytes);
    free(dynamo->body);
    free(dynamo);
}

static size_t receive(char *bytes, size_t size, size_t count, void *owner) {
    struct text *reply = owner;
    size_t more = size * count;
    if (reply->used + more + 1 > reply->room) {
        reply->room = 2 * (reply->used + more + 1);
        reply->bytes = realloc(reply->bytes, reply->room);
        if (!reply->bytes) abort();
    }
    memcpy(reply->bytes + reply->used, bytes, more);
    reply->used += more;
    reply->bytes[reply->used] = 0;
    return more;
}

static const char *variable(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

/* The host is signed as it is sent: what stands between the slashes, port and all. */
static bool take_place(struct dynamo *dynamo, const char *place, struct bench_failure *failure) {
    const char *url = place + strlen("dynamodb+"), *host = strstr(url, "://");
    size_t size = host ? strcspn(host + 3, "/?#") : 0;
    if (size == 0 || strlen(url) >= sizeof dynamo->url)
        return bench_fail(failure, "DynamoDB is at dynamodb+http://HOST or dynamodb+https://HOST");
    memcpy(dynamo->url, url, strlen(url) + 1);
    memcpy(dynamo->host, host + 3, size);
    return true;
}

/* As AWS' command line takes them: a session token belongs to the two keys beside it, and to no others. */
static bool take_credentials(struct dynamo *dynamo, struct bench_failure *failure) {
    const char *access_key = variable("AWS_ACCESS_KEY_ID", 0), *secret_key = variable("AWS_SECRET_ACCESS_KEY", 0);
    const char *token = access_key ? variable("AWS_SESSION_TOKEN", 0) : 0;
    if (!access_key != !secret_key)
        return bench_fail(failure, "the environment has only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    if (token && strlen(token) >= SIGNATURE_TOKEN_BYTES)
        return bench_fail(failure, "AWS_SESSION_TOKEN is longer than %d bytes", SIGNATURE_TOKEN_BYTES - 1);
    dynamo->key = (struct signature_key){
        .access_key = access_key ? access_key : "stress", .secret_key = secret_key ? secret_key : "stress",
        .region = variable("AWS_REGION", "us-east-1"), .token = token};
    if (token) snprintf(dynamo->token_header, sizeof dynamo->token_header, "X-Amz-Security-Token: %s", token);
    return true;
}

static void *open_connection(const struct bench_load *load, struct bench_failure *failure) {
    struct dynamo *dynamo = calloc(1, sizeof *dynamo);
    if (!dynamo) abort();
    dynamo->load = load;
    if (!take_place(dynamo, load->socket_path, failure) || !take_credentials(dynamo, failure)) return close_connection(dynamo), (void *)0;
    dynamo->body_room = FIXED_BODY_BYTES + (size_t)load->mix.fields * (load->mix.field_bytes + 3 * FIELD_OVERHEAD_BYTES);
    dynamo->body = malloc(dynamo->body_room);
    dynamo->reply.bytes = malloc(dynamo->reply.room = FIRST_REPLY_BYTES);
    dynamo->curl = curl_easy_init();
    if (!dynamo->curl || !dynamo->body || !dynamo->reply.bytes) {
        bench_fail(failure, "DynamoDB: no memory");
        return close_connection(dynamo), (void *)0;
    }
    curl_easy_setopt(dynamo->curl, CURLOPT_URL, dynamo->url);
    curl_easy_setopt(dynamo->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(dynamo->curl, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(dynamo->curl, CURLOPT_TIMEOUT, (long)PATIENCE_SECONDS);
    curl_easy_setopt(dynamo->curl, CURLOPT_ERRORBUFFER, dynamo->error);
    curl_easy_setopt(dynamo->curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(dynamo->curl, CURLOPT_WRITEDATA, &dynamo->reply);
    return dynamo;
}

/* Sends the body that was written, and answers the reply's status; 0 when there was none. */
static long call(struct dynamo *dynamo, const char *operation, struct bench_failure *failure) {
    char target[64], target_header[HEADER_BYTES], time_text[SIGNATURE_TIME_BYTES], time_header[HEADER_BYTES];
    char authorization[SIGNATURE_BYTES];
    long status = 0;
    snprintf(target, sizeof target, "DynamoDB_20120810.%s", operation);
    sign(&dynamo->key, dynamo->host, target, dynamo->body, strlen(dynamo->body), time_text, authorization);
    snprintf(target_header, sizeof target_header, "X-Amz-Target: %s", target);
    snprintf(time_header, sizeof time_header, "X-Amz-Date: %s", time_text);
    struct curl_slist *headers = curl_slist_append(0, "Content-Type: application/x-amz-json-1.0");
    headers = curl_slist_append(headers, target_header);
    headers = curl_slist_append(headers, time_header);
    if (dynamo->key.token) headers = curl_slist_append(headers, dynamo->token_header);
    headers = curl_slist_append(headers, authorization);
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(dynamo->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(dynamo->curl, CURLOPT_POSTFIELDS, dynamo->body);
    dynamo->reply.used = 0;
    dynamo->reply.bytes[0] = 0;
    CURLcode code = curl_easy_perform(dynamo->curl);
    curl_easy_getinfo(dynamo->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    if (code != CURLE_OK) return bench_fail(failure, "DynamoDB: %s", dynamo->error), 0;
    if (status != 200) bench_fail(failure, "DynamoDB: %s: %ld: %.150s", operation, status, dynamo->reply.bytes);
    return status;
}

static void wait_for_table(void) { nanosleep(&(struct timespec){.tv_nsec = DEFINE_NANOSECONDS}, 0); }

static bool define(void *connection, struct bench_failure *failure) {
    struct dynamo *dynamo = connection;
    const char *table = dynamo->load->repository;
    snprintf(dynamo->body, dynamo->body_room, "{\"TableName\":\"%s\"}", table);
    if (call(dynamo, "DeleteTable", failure) == 0) return false;
    for (int tries = 0; tries < DEFINE_TRIES && !bench_interrupted(); tries++) {
        snprintf(
            dynamo->body, dynamo->body_room,
            "{\"TableName\":\"%s\",\"BillingMode\":\"PAY_PER_REQUEST\",\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],"
            "\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}]}",
            table);
        if (call(dynamo, "CreateTable", failure) == 200) break;
        if (!strstr(dynamo->reply.bytes, "ResourceInUse")) return false;
        wait_for_table();
    }
    for (int tries = 0; tries < DEFINE_TRIES && !bench_interrupted(); tries++) {
        snprintf(dynamo->body, dynamo->body_room, "{\"TableName\":\"%s\"}", table);
        if (call(dynamo, "DescribeTable", failure) == 200 && strstr(dynamo->reply.bytes, "ACTIVE")) return true;
        wait_for_table();
    }
    return bench_fail(failure, "DynamoDB: the table '%s' does not become active", table);
}

static const char *skip(const char *at, const char *characters) { return at + strspn(at, characters); }

/* {"Item": {"name": {"S": "text"}, …}}; the texts are hexadecimal digits, so no escape occurs in what is right. */
static enum read_outcome judge_item(const char *json, struct judgement *judgement) {
    const char *at = strstr(json, "\"Item\"");
    if (!at) return READ_MISSING;
    at = skip(at + 6, " :{");
    while (*at == '"') {
        const char *name = at + 1, *name_end = strchr(name, '"');
        const char *kind = name_end ? skip(name_end + 1, " :{") : "";
        const char *text = strncmp(kind, "\"S\"", 3) == 0 ? skip(kind + 3, " :") + 1 : 0, *text_end = text ? strchr(text, '"') : 0;
        if (!text_end) return bench_fail(judgement->failure, "DynamoDB: an attribute came that is no text"), READ_WRONG;
        bool is_id = name_end - name == 2 && memcmp(name, "id", 2) == 0;
        if (!is_id && !judge_field(judgement, name, (size_t)(name_end - name), text, (size_t)(text_end - text))) return READ_WRONG;
        at = skip(skip(text_end + 1, " }"), " ,");
    }
    return READ_FOUND;
}

static enum read_outcome read_record(void *connection, const char *id, struct judgement *judgement) {
    struct dynamo *dynamo = connection;
    snprintf(
        dynamo->body, dynamo->body_room, "{\"TableName\":\"%s\",\"Key\":{\"id\":{\"S\":\"%s\"}},\"ConsistentRead\":true}",
        dynamo->load->repository, id);
    if (call(dynamo, "GetItem", judgement->failure) != 200) return READ_FAILED;
    return judge_item(dynamo->reply.bytes, judgement);
}

static enum write_outcome insert(void *connection, const char *id, const struct request *request, struct bench_failure *failure) {
    struct dynamo *dynamo = connection;
    const struct bench_load *load = dynamo->load;
    char name[FIELD_NAME_BYTES];
    char *at = dynamo->body, *end = at + dynamo->body_room;
    at += snprintf(at, (size_t)(end - at), "{\"TableName\":\"%s\",\"Item\":{\"id\":{\"S\":\"%s\"}", load->repository, id);
    for (uint32_t field = 0; field < load->mix.fields; field++) {
        field_name(field, name);
        at += snprintf(at, (size_t)(end - at), ",\"%s\":{\"S\":\"", name);
        field_text(load, request->number, field, 0, at);
        at += load->mix.field_bytes;
        at += snprintf(at, (size_t)(end - at), "\"}");
    }
    snprintf(at, (size_t)(end - at), "}}");
    return call(dynamo, "PutItem", failure) == 200 ? WRITE_APPLIED : WRITE_FAILED;
}

static enum write_outcome update(void *connection, const char *id, const struct request *request, struct bench_failure *failure) {
    struct dynamo *dynamo = connection;
    const struct bench_load *load = dynamo->load;
    uint32_t field = ledger_field(request->version, load->mix.fields);
    char *at = dynamo->body, *end = at + dynamo->body_room;
    at += snprintf(
        at, (size_t)(end - at),
        "{\"TableName\":\"%s\",\"Key\":{\"id\":{\"S\":\"%s\"}},\"ConditionExpression\":\"attribute_exists(id)\",\"UpdateExpression\":"
        "\"SET field%u = :v\",\"ExpressionAttributeValues\":{\":v\":{\"S\":\"",
        load->repository, id, field);
    field_text(load, request->number, field, request->version, at);
    at += load->mix.field_bytes;
    snprintf(at, (size_t)(end - at), "\"}}}");
    long status = call(dynamo, "UpdateItem", failure);
    if (status == 400 && strstr(dynamo->reply.bytes, "ConditionalCheckFailed")) return WRITE_MISSING;
    return status == 200 ? WRITE_APPLIED : WRITE_FAILED;
}

/* Counts page by page; a page says where the next begins, and that goes back as it came. */
static bool count_records(void *connection, uint64_t *count, struct bench_failure *failure) {
    struct dynamo *dynamo = connection;
    char from[HEADER_BYTES] = "";
    for (*count = 0;;) {
        snprintf(
            dynamo->body, dynamo->body_room, "{\"TableName\":\"%s\",\"Select\":\"COUNT\",\"ConsistentRead\":true%s%s}",
            dynamo->load->repository, *from ? ",\"ExclusiveStartKey\":" : "", from);
        if (call(dynamo, "Scan", failure) != 200) return false;
        const char *found = strstr(dynamo->reply.bytes, "\"Count\""), *last = strstr(dynamo->reply.bytes, "\"LastEvaluatedKey\"");
        if (!found) return bench_fail(failure, "DynamoDB: a scan was answered without a count");
        *count += strtoull(skip(found + 7, " :"), 0, 10);
        if (!last) return true;
        last = skip(last + 18, " :");
        const char *end = strstr(last, "}}");
        snprintf(from, sizeof from, "%.*s", end ? (int)(end - last) + 2 : 0, last);
    }
}

const struct driver dynamo_driver = {
    "dynamodb+http", start, open_connection, close_connection, define, read_record, insert, update, count_records};
