/* MongoDB by libmongoc: a client for each thread, made for one thread (mongoc_client_new), no pool. */
#include "driver.h"

#include <mongoc/mongoc.h>

#include <pthread.h>
#include <stdlib.h>

struct mongo {
    const struct bench_load *load;
    mongoc_client_t *client;
    mongoc_collection_t *collection;
    char *text; /* room for one field */
};

static void initialise(void) {
    mongoc_init();
    mongoc_log_set_handler(0, 0);
}

static bool start(struct bench_failure *failure) {
    (void)failure;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    return pthread_once(&once, initialise) == 0;
}

static void close_connection(void *connection) {
    struct mongo *mongo = connection;
    if (mongo->collection) mongoc_collection_destroy(mongo->collection);
    if (mongo->client) mongoc_client_destroy(mongo->client);
    free(mongo->text);
    free(mongo);
}

static void *open_connection(const struct bench_load *load, struct bench_failure *failure) {
    struct mongo *mongo = calloc(1, sizeof *mongo);
    if (!mongo) abort();
    mongo->load = load;
    mongo->text = malloc(load->mix.field_bytes);
    bson_error_t error;
    mongoc_uri_t *uri = mongoc_uri_new_with_error(load->socket_path, &error);
    mongo->client = uri ? mongoc_client_new_from_uri(uri) : 0;
    const char *database = uri ? mongoc_uri_get_database(uri) : 0;
    if (mongo->client) {
        mongoc_client_set_error_api(mongo->client, 2);
        mongo->collection = mongoc_client_get_collection(mongo->client, database ? database : "sluice-stress", load->repository);
    } else {
        bench_fail(failure, "MongoDB: %s", uri ? "no client for this address" : error.message);
    }
    if (uri) mongoc_uri_destroy(uri);
    if (mongo->collection) return mongo;
    close_connection(mongo);
    return 0;
}

static bool define(void *connection, struct bench_failure *failure) {
    struct mongo *mongo = connection;
    bson_t command = BSON_INITIALIZER;
    bson_error_t error;
    mongoc_collection_drop(mongo->collection, 0);
    BSON_APPEND_INT32(&command, "ping", 1);
    bool is_there = mongoc_client_command_simple(mongo->client, "admin", &command, 0, 0, &error);
    bson_destroy(&command);
    return is_there || bench_fail(failure, "MongoDB: %s", error.message);
}

static void append_id(bson_t *document, const char *id) {
    bson_oid_t oid;
    bson_oid_init_from_string(&oid, id);
    BSON_APPEND_OID(document, "_id", &oid);
}

static bool judge_document(const bson_t *document, struct judgement *judgement) {
    bson_iter_t field;
    if (!bson_iter_init(&field, document)) return bench_fail(judgement->failure, "MongoDB answered what is no document");
    while (bson_iter_next(&field)) {
        const char *name = bson_iter_key(&field);
        if (strcmp(name, "_id") == 0) continue;
        uint32_t size = 0;
        const char *text = bson_iter_utf8(&field, &size);
        if (!judge_field(judgement, name, strlen(name), text ? text : "", size)) return false;
    }
    return true;
}

static enum read_outcome read_record(void *connection, const char *id, struct judgement *judgement) {
    struct mongo *mongo = connection;
    bson_t filter = BSON_INITIALIZER, options = BSON_INITIALIZER;
    append_id(&filter, id);
    BSON_APPEND_INT64(&options, "limit", 1);
    BSON_APPEND_BOOL(&options, "singleBatch", true);
    mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(mongo->collection, &filter, &options, 0);
    const bson_t *document;
    bson_error_t error;
    enum read_outcome outcome = READ_MISSING;
    if (mongoc_cursor_next(cursor, &document)) {
        outcome = judge_document(document, judgement) ? READ_FOUND : READ_WRONG;
    } else if (mongoc_cursor_error(cursor, &error)) {
        bench_fail(judgement->failure, "MongoDB: %s", error.message);
        outcome = READ_FAILED;
    }
    mongoc_cursor_destroy(cursor);
    bson_destroy(&filter);
    bson_destroy(&options);
    return outcome;
}

static enum write_outcome insert(void *connection, const char *id, const struct request *request, struct bench_failure *failure) {
    struct mongo *mongo = connection;
    char name[FIELD_NAME_BYTES];
    bson_t document = BSON_INITIALIZER;
    bson_error_t error;
    append_id(&document, id);
    for (uint32_t field = 0; field < mongo->load->mix.fields; field++) {
        field_name(field, name);
        field_text(mongo->load, request->number, field, 0, mongo->text);
        bson_append_utf8(&document, name, -1, mongo->text, (int)mongo->load->mix.field_bytes);
    }
    bool is_inserted = mongoc_collection_insert_one(mongo->collection, &document, 0, 0, &error);
    bson_destroy(&document);
    if (!is_inserted) bench_fail(failure, "MongoDB: %s", error.message);
    return is_inserted ? WRITE_APPLIED : WRITE_FAILED;
}

static enum write_outcome update(void *connection, const char *id, const struct request *request, struct bench_failure *failure) {
    struct mongo *mongo = connection;
    char name[FIELD_NAME_BYTES];
    bson_t filter = BSON_INITIALIZER, change = BSON_INITIALIZER, set, reply;
    bson_error_t error;
    uint32_t field = ledger_field(request->version, mongo->load->mix.fields);
    append_id(&filter, id);
    field_name(field, name);
    field_text(mongo->load, request->number, field, request->version, mongo->text);
    bson_append_document_begin(&change, "$set", -1, &set);
    bson_append_utf8(&set, name, -1, mongo->text, (int)mongo->load->mix.field_bytes);
    bson_append_document_end(&change, &set);
    bool is_done = mongoc_collection_update_one(mongo->collection, &filter, &change, 0, &reply, &error);
    bson_iter_t matched;
    bool is_missing = is_done && bson_iter_init_find(&matched, &reply, "matchedCount") && bson_iter_as_int64(&matched) == 0;
    bson_destroy(&reply);
    bson_destroy(&filter);
    bson_destroy(&change);
    if (!is_done) bench_fail(failure, "MongoDB: %s", error.message);
    return !is_done ? WRITE_FAILED : is_missing ? WRITE_MISSING : WRITE_APPLIED;
}

static bool count_records(void *connection, uint64_t *count, struct bench_failure *failure) {
    struct mongo *mongo = connection;
    bson_t filter = BSON_INITIALIZER;
    bson_error_t error;
    int64_t found = mongoc_collection_count_documents(mongo->collection, &filter, 0, 0, 0, &error);
    bson_destroy(&filter);
    *count = (uint64_t)found;
    return found >= 0 || bench_fail(failure, "MongoDB: %s", error.message);
}

const struct driver mongo_driver = {
    "mongodb", start, open_connection, close_connection, define, read_record, insert, update, count_records};
