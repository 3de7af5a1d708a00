/* PostgreSQL by libpq: prepared statements over one connection for each thread. */
#include "driver.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

enum { SQL_BYTES = 1024, PARAMETERS = BENCH_MAX_FIELDS + 1 };

struct postgres {
    const struct bench_load *load;
    PGconn *connection;
    char *texts; /* room for each field, with a NUL */
    bool can_read, can_insert, can_update[BENCH_MAX_FIELDS];
};

static bool fail(struct postgres *postgres, const char *what, struct bench_failure *failure) {
    return bench_fail(failure, "PostgreSQL: %s: %s", what, PQerrorMessage(postgres->connection));
}

static void close_connection(void *connection) {
    struct postgres *postgres = connection;
    PQfinish(postgres->connection);
    free(postgres->texts);
    free(postgres);
}

static void *open_connection(const struct bench_load *load, struct bench_failure *failure) {
    struct postgres *postgres = calloc(1, sizeof *postgres);
    if (!postgres) abort();
    postgres->load = load;
    postgres->texts = malloc((size_t)load->mix.fields * (load->mix.field_bytes + 1));
    postgres->connection = PQconnectdb(load->socket_path);
    if (PQstatus(postgres->connection) == CONNECTION_OK) return postgres;
    fail(postgres, "connecting", failure);
    close_connection(postgres);
    return 0;
}

static bool run(struct postgres *postgres, const char *sql, struct bench_failure *failure) {
    PGresult *result = PQexec(postgres->connection, sql);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK || fail(postgres, sql, failure);
    PQclear(result);
    return is_done;
}

static void list_fields(char sql[SQL_BYTES], const char *before, const char *each, const char *after, uint32_t fields) {
    int used = snprintf(sql, SQL_BYTES, "%s", before);
    for (uint32_t field = 0; field < fields; field++) used += snprintf(sql + used, (size_t)(SQL_BYTES - used), each, field);
    snprintf(sql + used, (size_t)(SQL_BYTES - used), "%s", after);
}

static bool define(void *connection, struct bench_failure *failure) {
    struct postgres *postgres = connection;
    char sql[SQL_BYTES];
    list_fields(sql, "CREATE TABLE sluice_stress (id text PRIMARY KEY", ", field%u text", ")", postgres->load->mix.fields);
    return run(postgres, "SET client_min_messages = warning", failure) &&
           run(postgres, "DROP TABLE IF EXISTS sluice_stress", failure) && run(postgres, sql, failure);
}

static bool prepare(struct postgres *postgres, bool *is_ready, const char *name, const char *sql, struct bench_failure *failure) {
    if (*is_ready) return true;
    PGresult *result = PQprepare(postgres->connection, name, sql, 0, 0);
    *is_ready = PQresultStatus(result) == PGRES_COMMAND_OK || fail(postgres, sql, failure);
    PQclear(result);
    return *is_ready;
}

static enum read_outcome judge_row(struct postgres *postgres, PGresult *result, struct judgement *judgement) {
    if (PQresultStatus(result) != PGRES_TUPLES_OK) return fail(postgres, "reading", judgement->failure), READ_FAILED;
    if (PQntuples(result) == 0) return READ_MISSING;
    for (int column = 1; column < PQnfields(result); column++) {
        const char *name = PQfname(result, column);
        size_t size = (size_t)PQgetlength(result, 0, column);
        if (!judge_field(judgement, name, strlen(name), PQgetvalue(result, 0, column), size)) return READ_WRONG;
    }
    return READ_FOUND;
}

static enum read_outcome read_record(void *connection, const char *id, struct judgement *judgement) {
    struct postgres *postgres = connection;
    const char *sql = "SELECT * FROM sluice_stress WHERE id = $1", *parameters[] = {id};
    if (!prepare(postgres, &postgres->can_read, "read", sql, judgement->failure)) return READ_FAILED;
    PGresult *result = PQexecPrepared(postgres->connection, "read", 1, parameters, 0, 0, 0);
    enum read_outcome outcome = judge_row(postgres, result, judgement);
    PQclear(result);
    return outcome;
}

static enum write_outcome write_record(
    struct postgres *postgres, const char *name, int count, const char *const *parameters, struct bench_failure *failure) {
    PGresult *result = PQexecPrepared(postgres->connection, name, count, parameters, 0, 0, 0);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK || fail(postgres, name, failure);
    bool is_applied = is_done && strcmp(PQcmdTuples(result), "1") == 0;
    PQclear(result);
    return is_applied ? WRITE_APPLIED : is_done ? WRITE_MISSING : WRITE_FAILED;
}

static enum write_outcome insert(void *connection, const char *id, const struct request *request, struct bench_failure *failure) {
    struct postgres *postgres = connection;
    const struct bench_mix *mix = &postgres->load->mix;
    char sql[SQL_BYTES];
    const char *parameters[PARAMETERS] = {id};
    for (uint32_t field = 0; field < mix->fields; field++) {
        char *text = postgres->texts + (size_t)field * (mix->field_bytes + 1);
        field_text(postgres->load, request->number, field, 0, text);
        text[mix->field_bytes] = 0;
        parameters[field + 1] = text;
    }
    int used = snprintf(sql, sizeof sql, "INSERT INTO sluice_stress VALUES ($1");
    for (uint32_t field = 0; field < mix->fields; field++) used += snprintf(sql + used, sizeof sql - (size_t)used, ", $%u", field + 2);
    snprintf(sql + used, sizeof sql - (size_t)used, ")");
    if (!prepare(postgres, &postgres->can_insert, "insert", sql, failure)) return WRITE_FAILED;
    return write_record(postgres, "insert", (int)mix->fields + 1, parameters, failure);
}

static enum write_outcome update(void *connection, const char *id, const struct request *request, struct bench_failure *failure) {
    struct postgres *postgres = connection;
    const struct bench_mix *mix = &postgres->load->mix;
    uint32_t field = ledger_field(request->version, mix->fields);
    char sql[SQL_BYTES], name[FIELD_NAME_BYTES];
    field_name(field, name);
    field_text(postgres->load, request->number, field, request->version, postgres->texts);
    postgres->texts[mix->field_bytes] = 0;
    const char *parameters[] = {postgres->texts, id};
    snprintf(sql, sizeof sql, "UPDATE sluice_stress SET %s = $1 WHERE id = $2", name);
    if (!prepare(postgres, &postgres->can_update[field], name, sql, failure)) return WRITE_FAILED;
    return write_record(postgres, name, 2, parameters, failure);
}

static bool count_records(void *connection, uint64_t *count, struct bench_failure *failure) {
    struct postgres *postgres = connection;
    PGresult *result = PQexec(postgres->connection, "SELECT count(*) FROM sluice_stress");
    bool is_done = PQresultStatus(result) == PGRES_TUPLES_OK || fail(postgres, "counting", failure);
    if (is_done) *count = strtoull(PQgetvalue(result, 0, 0), 0, 10);
    PQclear(result);
    return is_done;
}

const struct driver postgres_driver = {
    "postgresql://", 0, open_connection, close_connection, define, read_record, insert, update, count_records};
