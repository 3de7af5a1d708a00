#include "registers.h"

#include "failure.h"
#include "record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Each second has records of its own, so that no history grows too long to be checked. */
#define ROUND_NANOSECONDS 1000000000ull
enum { VALUE_BITS_OF_PROCESS = 40 };
/* Shares of a hundred: reads most, then writes that apply whenever the record is there. */
enum { SHARE_READ = 45, SHARE_UPDATE = 65, SHARE_SWAP = 80, SHARE_CREATE = 93 };

struct registers {
    FILE *file;
    int64_t next_value;
    uint64_t round;
    int64_t *seen; /* of each record of this round: what a reply showed last, for swaps to expect */
};

bool registers_prepare(const struct bench_load *load, struct chooser *chooser, struct bench_failure *failure) {
    struct registers *registers = calloc(1, sizeof *registers);
    if (!registers) abort();
    registers->seen = calloc(load->records, sizeof *registers->seen);
    registers->next_value = ((int64_t)load->process + 1) << VALUE_BITS_OF_PROCESS;
    registers->file = fopen(load->history, "wbe");
    chooser->registers = registers;
    return registers->file || bench_fail(failure, "%s: %s", load->history, strerror(errno));
}

void registers_free(struct chooser *chooser) {
    struct registers *registers = chooser->registers;
    if (!registers) return;
    if (registers->file) fclose(registers->file);
    free(registers->seen);
    free(registers);
}

static enum bench_event_kind choose_kind(struct random *random) {
    uint64_t share = random_below(random, 100);
    return share < SHARE_READ     ? BENCH_EVENT_READ
           : share < SHARE_UPDATE ? BENCH_EVENT_UPDATE
           : share < SHARE_SWAP   ? BENCH_EVENT_SWAP
           : share < SHARE_CREATE ? BENCH_EVENT_CREATE
                                  : BENCH_EVENT_DELETE;
}

/* The kind stands in `limit`, which only scans use. */
void registers_choose(const struct bench_load *load, struct chooser *chooser, struct request *request) {
    struct registers *registers = chooser->registers;
    request->invoked = bench_now();
    uint64_t round = request->invoked / ROUND_NANOSECONDS, record = random_below(&chooser->random, load->records);
    if (round != registers->round) memset(registers->seen, 0, load->records * sizeof *registers->seen);
    registers->round = round;
    request->number = (round % 1000000) * load->records + record;
    request->limit = choose_kind(&chooser->random);
    request->operation = request->limit == BENCH_EVENT_READ ? BENCH_READ : BENCH_UPDATE;
    request->is_writing = request->limit != BENCH_EVENT_READ;
    request->value = request->is_writing ? registers->next_value++ : 0;
    request->expected = registers->seen[record];
}

static void keep(struct chooser *chooser, const struct request *request, int64_t value, enum bench_event_outcome outcome) {
    struct bench_event event = {
        .record = request->number, .invoked = request->invoked, .returned = bench_now(), .value = value, .expected = request->expected,
        .kind = request->limit, .outcome = outcome};
    fwrite(&event, sizeof event, 1, chooser->registers->file);
}

void registers_abandon(const struct bench_load *load, struct chooser *chooser, struct request *request) {
    (void)load;
    if (request->is_writing) keep(chooser, request, request->value, BENCH_EVENT_UNKNOWN);
}

static uint8_t *put_condition(uint8_t *at, const char *field) { return put_string(put_string(put_list(at, 3), field), "eq"); }

static uint8_t *put_filter(uint8_t *at, const struct bench_load *load, const struct request *request, bool with_value) {
    char id[RECORD_ID_BYTES + 1];
    bench_record_id(load->name_space, request->number, id);
    at = put_list(put_unsigned(at, 1), with_value ? 2 : 1);
    at = put_bytes(put_condition(at, "id"), id, RECORD_ID_BYTES);
    return with_value ? put_unsigned(put_condition(at, "value"), (uint64_t)request->expected) : at;
}

static uint8_t *put_object(uint8_t *at, const struct bench_load *load, const struct request *request, bool with_id) {
    char id[RECORD_ID_BYTES + 1];
    bench_record_id(load->name_space, request->number, id);
    at = put_map(put_unsigned(at, 2), with_id ? 2 : 1);
    if (with_id) at = put_bytes(put_string(at, "id"), id, RECORD_ID_BYTES);
    return put_unsigned(put_string(at, "value"), (uint64_t)request->value);
}

uint8_t *registers_put_request(uint8_t *at, const struct bench_load *load, uint32_t id, const struct request *request) {
    static const uint8_t operations[] = {OPERATION_GET_ONE, OPERATION_SAVE, OPERATION_SAVE, OPERATION_SAVE, OPERATION_DELETE_ONE};
    bool has_deadline = load->deadline_milliseconds > 0;
    uint8_t *end = begin_request(at, has_deadline ? 6 : 5, id, operations[request->limit]);
    end = put_string(put_unsigned(end, 3), load->repository);
    if (has_deadline) end = put_unsigned(put_unsigned(end, 5), load->deadline_milliseconds);
    end = put_unsigned(end, 4);
    switch (request->limit) {
    case BENCH_EVENT_CREATE: return end_frame(at, put_object(put_map(end, 1), load, request, true));
    case BENCH_EVENT_UPDATE:
    case BENCH_EVENT_SWAP:
        end = put_filter(put_map(end, 2), load, request, request->limit == BENCH_EVENT_SWAP);
        return end_frame(at, put_object(end, load, request, false));
    default: return end_frame(at, put_filter(put_map(end, 1), load, request, false));
    }
}

/* The record's value; false when it is no such record. */
static bool take_value(struct reader *reader, const struct bench_load *load, uint64_t number, uint64_t *value) {
    char id[RECORD_ID_BYTES + 1];
    uint64_t entries;
    const char *name, *text;
    size_t name_size, size;
    bool has_id = false, has_value = false;
    bench_record_id(load->name_space, number, id);
    if (!take_map(reader, &entries) || entries != 2) return false;
    for (; entries > 0; entries--) {
        if (!take_string(reader, &name, &name_size)) return false;
        if (name_size == 2 && take_string(reader, &text, &size)) has_id = size == RECORD_ID_BYTES && memcmp(text, id, size) == 0;
        else if (name_size == 5 && take_unsigned(reader, value)) has_value = true;
        else return false;
    }
    return has_id && has_value;
}

static enum verdict check_result(
    struct reply *reply, const struct bench_load *load, struct chooser *chooser, struct request *request, struct bench_failure *failure) {
    uint64_t value = 0;
    bool is_right = request->limit == BENCH_EVENT_DELETE ? take_exactly(&reply->rest, 0xc0)
                                                         : take_value(&reply->rest, load, request->number, &value);
    if (!is_right) return bench_fail(failure, "a register was answered with something else"), VERDICT_WRONG;
    bool is_save = request->is_writing && request->limit != BENCH_EVENT_DELETE;
    if (is_save && (int64_t)value != request->value)
        return bench_fail(failure, "a save was answered with another value than its own"), VERDICT_WRONG;
    chooser->registers->seen[request->number % load->records] = (int64_t)value;
    keep(chooser, request, request->is_writing ? request->value : (int64_t)value, BENCH_EVENT_DONE);
    return VERDICT_RIGHT;
}

/* A request that is known to have done nothing is part of no history; one that was refused says what it met. */
enum verdict registers_check_reply(
    struct reply *reply, const struct bench_load *load, struct chooser *chooser, struct request *request, struct service_error *error,
    struct bench_failure *failure) {
    enum verdict verdict = take_answer(reply, error, failure);
    if (verdict == VERDICT_RIGHT) return check_result(reply, load, chooser, request, failure);
    if (verdict == VERDICT_WRONG) return verdict;
    bool is_refusal = error->code == (request->limit == BENCH_EVENT_CREATE ? BENCH_ALREADY_EXISTS : BENCH_NOT_FOUND);
    if (is_refusal) return keep(chooser, request, request->value, BENCH_EVENT_REFUSED), VERDICT_RIGHT;
    if (request->is_writing && !error->outcome_known) keep(chooser, request, request->value, BENCH_EVENT_UNKNOWN);
    return VERDICT_ERROR;
}
