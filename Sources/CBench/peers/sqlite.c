/* SQLite by libsqlite3: each connection opens the file for itself, with the pragmas of Sluice's engine, and each write is a transaction. */
#include "driver.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUSY_MILLISECONDS = 5000, SQL_BYTES = 1024 };

struct sqlite {
    const struct bench_load *load;
    sqlite3 *database;
    sqlite3_stmt *read, *insert, *update[BENCH_MAX_FIELDS];
    char *text;
};

static bool fail(struct sqlite *sqlite, struct bench_failure *failure) {
    return bench_fail(failure, "SQLite: %s", sqlite3_errmsg(sqlite->database));
}

static void close_connection(void *connection) {
    struct sqlite *sqlite = connection;
    sqlite3_finalize(sqlite->read);
    sqlite3_finalize(sqlite->insert);
    for (uint32_t field = 0; field < BENCH_MAX_FIELDS; field++) sqlite3_finalize(sqlite->update[field]);
    sqlite3_close(sqlite->database);
    free(sqlite->text);
    free(sqlite);
}

static void *open_connection(const struct bench_load *load, struct bench_failure *failure) {
    struct sqlite *sqlite = calloc(1, sizeof *sqlite);
    if (!sqlite) abort();
    sqlite->load = load;
    sqlite->text = malloc(load->mix.field_bytes);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(load->socket_path + strlen("sqlite:"), &sqlite->database, flags, 0) == SQLITE_OK &&
        sqlite3_busy_timeout(sqlite->database, BUSY_MILLISECONDS) == SQLITE_OK &&
        sqlite3_exec(sqlite->database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", 0, 0, 0) == SQLITE_OK)
        return sqlite;
    fail(sqlite, failure);
    close_connection(sqlite);
    return 0;
}

/* "(id …, field0 …, field1 …)" after `before`, each name followed by a text. */
static void list_fields(char sql[SQL_BYTES], const char *before, const char *id, const char *each, const char *after, uint32_t fields) {
    int used = snprintf(sql, SQL_BYTES, "%s%s", before, id);
    for (uint32_t field = 0; field < fields; field++) used += snprintf(sql + used, (size_t)(SQL_BYTES - used), each, field);
    snprintf(sql + used, (size_t)(SQL_BYTES - used), "%s", after);
}

static bool define(void *connection, struct bench_failure *failure) {
    struct sqlite *sqlite = connection;
    char sql[SQL_BYTES];
    const char *before = "DROP TABLE IF EXISTS sluice_stress; CREATE TABLE sluice_stress (key INTEGER PRIMARY KEY, ";
    list_fields(sql, before, "id TEXT NOT NULL UNIQUE", ", field%u TEXT", ")", sqlite->load->mix.fields);
    return sqlite3_exec(sqlite->database, sql, 0, 0, 0) == SQLITE_OK || fail(sqlite, failure);
}

static sqlite3_stmt *statement(struct sqlite *sqlite, sqlite3_stmt **statement, const char *sql) {
    if (*statement) sqlite3_reset(*statement);
    else sqlite3_prepare_v3(sqlite->database, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, 0);
    return *statement;
}

static enum read_outcome read_record(void *connection, const char *id, struct judgement *judgement) {
    struct sqlite *sqlite = connection;
    char sql[SQL_BYTES];
    if (!sqlite->read) list_fields(sql, "SELECT ", "id", ", field%u", " FROM sluice_stress WHERE id = ?1", sqlite->load->mix.fields);
    sqlite3_stmt *read = statement(sqlite, &sqlite->read, sql);
    if (!read) return fail(sqlite, judgement->failure), READ_FAILED;
    sqlite3_bind_text(read, 1, id, -1, SQLITE_STATIC);
    int outcome = sqlite3_step(read);
    bool is_right = true;
    for (int column = 1; outcome == SQLITE_ROW && is_right && column < sqlite3_column_count(read); column++) {
        const char *name = sqlite3_column_name(read, column), *text = (const char *)sqlite3_column_text(read, column);
        is_right = judge_field(judgement, name, strlen(name), text ? text : "", (size_t)sqlite3_column_bytes(read, column));
    }
    if (outcome != SQLITE_ROW && outcome != SQLITE_DONE) fail(sqlite, judgement->failure);
    sqlite3_reset(read); /* a reader that stays open keeps the log from being used again */
    if (outcome == SQLITE_ROW) return is_right ? READ_FOUND : READ_WRONG;
    return outcome == SQLITE_DONE ? READ_MISSING : READ_FAILED;
}

/* SQLite's lock is not fair, so a writer may find it taken for longer than it waits. */
static int step_write(struct sqlite *sqlite, sqlite3_stmt *write) {
    (void)sqlite;
    int outcome = sqlite3_step(write);
    while (outcome == SQLITE_BUSY && !bench_interrupted()) {
        sqlite3_reset(write);
        outcome = sqlite3_step(write);
    }
    sqlite3_reset(write);
    return outcome;
}

static enum write_outcome insert(void *connection, const char *id, const struct request *request, struct bench_failure *failure) {
    struct sqlite *sqlite = connection;
    const struct bench_mix *mix = &sqlite->load->mix;
    char columns[SQL_BYTES], sql[2 * SQL_BYTES], values[SQL_BYTES];
    if (!sqlite->insert) {
        list_fields(columns, "INSERT INTO sluice_stress (", "id", ", field%u", ")", mix->fields);
        list_fields(values, " VALUES (", "?", ", ?", ")", mix->fields);
        snprintf(sql, sizeof sql, "%s%s", columns, values);
    }
    sqlite3_stmt *write = statement(sqlite, &sqlite->insert, sql);
    if (!write) return fail(sqlite, failure), WRITE_FAILED;
    sqlite3_bind_text(write, 1, id, -1, SQLITE_STATIC);
    for (uint32_t field = 0; field < mix->fields; field++) {
        field_text(sqlite->load, request->number, field, 0, sqlite->text);
        sqlite3_bind_text(write, (int)field + 2, sqlite->text, (int)mix->field_bytes, SQLITE_TRANSIENT);
    }
    if (step_write(sqlite, write) == SQLITE_DONE) return WRITE_APPLIED;
    return fail(sqlite, failure), WRITE_FAILED;
}

static enum write_outcome update(void *connection, const char *id, const struct request *request, struct bench_failure *failure) {
    struct sqlite *sqlite = connection;
    const struct bench_mix *mix = &sqlite->load->mix;
    uint32_t field = ledger_field(request->version, mix->fields);
    char sql[SQL_BYTES];
    snprintf(sql, sizeof sql, "UPDATE sluice_stress SET field%u = ?1 WHERE id = ?2", field);
    sqlite3_stmt *write = statement(sqlite, &sqlite->update[field], sql);
    if (!write) return fail(sqlite, failure), WRITE_FAILED;
    field_text(sqlite->load, request->number, field, request->version, sqlite->text);
    sqlite3_bind_text(write, 1, sqlite->text, (int)mix->field_bytes, SQLITE_STATIC);
    sqlite3_bind_text(write, 2, id, -1, SQLITE_STATIC);
    if (step_write(sqlite, write) != SQLITE_DONE) return fail(sqlite, failure), WRITE_FAILED;
    return sqlite3_changes(sqlite->database) == 1 ? WRITE_APPLIED : WRITE_MISSING;
}

static bool count_records(void *connection, uint64_t *count, struct bench_failure *failure) {
    struct sqlite *sqlite = connection;
    sqlite3_stmt *query = 0;
    bool is_done = sqlite3_prepare_v2(sqlite->database, "SELECT count(*) FROM sluice_stress", -1, &query, 0) == SQLITE_OK &&
                   sqlite3_step(query) == SQLITE_ROW;
    if (is_done) *count = (uint64_t)sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    return is_done || fail(sqlite, failure);
}

const struct driver sqlite_driver = {
    "sqlite:", 0, open_connection, close_connection, define, read_record, insert, update, count_records};
