#include "exchange.h"

#include "failure.h"
#include "mix.h"
#include "record.h"
#include "registers.h"

enum { MAX_FRAME_BYTES = 16 << 20, PING_FRAME_BYTES = 11 };

uint8_t *begin_request(uint8_t *start, uint8_t entries, uint32_t id, uint8_t operation) {
    uint8_t *at = put_unsigned(begin_frame(start, entries, KIND_REQUEST), 1);
    return put_unsigned(put_unsigned(put_unsigned(at, id), 2), operation);
}

uint8_t *put_hello(uint8_t *at) {
    uint8_t *end = put_string(put_unsigned(begin_frame(at, 3, KIND_HELLO), 2), "sluice-stress");
    return end_frame(at, put_string(put_list(put_unsigned(end, 3), 1), "goingAway"));
}

static int code_of(const char *name, size_t size) {
    for (int code = 0; code < BENCH_CODES; code++) {
        if (size == strlen(bench_error_name(code)) && memcmp(name, bench_error_name(code), size) == 0) return code;
    }
    return BENCH_OTHER;
}

/* Errors are {1: code, 2: message, 4: outcomeKnown, …}, and say it best themselves. */
static bool fail_with_error(struct reader error, const char *what, struct service_error *service, struct bench_failure *failure) {
    const char *code = "an error", *message = "";
    size_t code_size = strlen(code), message_size = 0;
    uint64_t entries, key;
    bool outcome_known = false;
    if (!take_map(&error, &entries)) entries = 0;
    for (; entries > 0 && take_unsigned(&error, &key); entries--) {
        if (key == 4 && take_exactly(&error, 0xc3)) {
            outcome_known = true;
            continue;
        }
        bool taken = key == 1   ? take_string(&error, &code, &code_size)
                     : key == 2 ? take_string(&error, &message, &message_size)
                                : skip_value(&error);
        if (!taken) break;
    }
    *service = (struct service_error){code_of(code, code_size), outcome_known};
    return bench_fail(failure, "the daemon answered %s: %.*s: %.*s", what, (int)code_size, code, (int)message_size, message);
}

static enum arrival other_frame(uint64_t kind, struct reader rest, int *code, struct bench_failure *failure) {
    if (kind != KIND_GOING_AWAY && kind != KIND_FAULT) return ARRIVAL_OTHER;
    uint64_t key;
    struct service_error error = {kind == KIND_GOING_AWAY ? BENCH_SHUTTING_DOWN : BENCH_OTHER, false};
    if (kind == KIND_GOING_AWAY) bench_fail(failure, "the daemon is going away");
    else if (take_unsigned(&rest, &key) && key == 3) fail_with_error(rest, "a fault", &error, failure);
    else bench_fail(failure, "the daemon answered a fault");
    bench_blame_server(failure);
    *code = error.code;
    return kind == KIND_FAULT ? ARRIVAL_FAULT : ARRIVAL_LEAVING;
}

enum arrival find_frame(const uint8_t *bytes, size_t size, struct reply *reply, struct bench_failure *failure) {
    struct reader header = {bytes, bytes + size};
    uint64_t length, entries, kind, id;
    if (!take_big_endian(&header, 4, &length)) return ARRIVAL_INCOMPLETE;
    if (length == 0 || length > MAX_FRAME_BYTES)
        return bench_fail(failure, "a frame of %llu bytes came", (unsigned long long)length), ARRIVAL_WRONG;
    if (size - 4 < length) return ARRIVAL_INCOMPLETE;
    struct reader frame = {header.at, header.at + length};
    reply->size = 4 + length;
    if (!take_map(&frame, &entries) || entries < 1 || !take_exactly(&frame, 0) || !take_unsigned(&frame, &kind)) {
        return bench_fail(failure, "a frame came that is no map with a kind"), ARRIVAL_WRONG;
    }
    if (kind != KIND_REPLY) return other_frame(kind, frame, &reply->code, failure);
    if (entries < 2 || !take_exactly(&frame, 1) || !take_unsigned(&frame, &id) || id >= UINT32_MAX) {
        return bench_fail(failure, "a reply came without a request's id"), ARRIVAL_WRONG;
    }
    reply->id = (uint32_t)id;
    reply->entries = entries - 2;
    reply->rest = frame;
    return ARRIVAL_REPLY;
}

enum verdict take_answer(struct reply *reply, struct service_error *error, struct bench_failure *failure) {
    uint64_t key;
    if (reply->entries != 1 || !take_unsigned(&reply->rest, &key))
        return bench_fail(failure, "a reply came with more, or less, than a result"), VERDICT_WRONG;
    if (key == 3) return fail_with_error(reply->rest, "an error", error, failure), VERDICT_ERROR;
    return key == 2 || bench_fail(failure, "a reply came without a result") ? VERDICT_RIGHT : VERDICT_WRONG;
}

bool take_result(struct reply *reply, struct bench_failure *failure) {
    struct service_error error;
    enum verdict verdict = take_answer(reply, &error, failure);
    return verdict == VERDICT_RIGHT || (verdict == VERDICT_ERROR && bench_blame_server(failure));
}

bool at_end(const struct reply *reply, struct bench_failure *failure) {
    return reply->rest.at == reply->rest.end || bench_fail(failure, "a reply came with bytes after its result");
}

/* `get` asks at random or in order; the others count. */
static void choose_number(const struct bench_load *load, struct chooser *chooser, struct request *request) {
    request->operation = load->workload == BENCH_CREATE ? BENCH_INSERT : BENCH_READ;
    bool is_random = load->workload == BENCH_GET && !load->in_order;
    request->number = is_random ? random_below(&chooser->random, load->records) : chooser->next_number++;
    if (load->workload == BENCH_GET) request->number %= load->records;
}

static void abandon_nothing(const struct bench_load *load, struct chooser *chooser, struct request *request) {
    (void)load, (void)chooser, (void)request;
}

static uint8_t *put_ping(uint8_t *at, const struct bench_load *load, uint32_t id, const struct request *request) {
    (void)load, (void)request;
    return end_frame(at, begin_request(at, 3, id, OPERATION_PING));
}

static enum verdict check_ping(
    struct reply *reply, const struct bench_load *load, struct chooser *chooser, struct request *request, struct service_error *error,
    struct bench_failure *failure) {
    (void)load, (void)chooser, (void)request;
    enum verdict verdict = take_answer(reply, error, failure);
    if (verdict != VERDICT_RIGHT) return verdict;
    bool is_null = take_exactly(&reply->rest, 0xc0) || bench_fail(failure, "a ping was answered with more than null");
    return is_null && at_end(reply, failure) ? VERDICT_RIGHT : VERDICT_WRONG;
}

/* The ping's own frame must come back: its id, at offset 8, says which, and all of its bytes are compared. */
static enum arrival find_echo(const uint8_t *bytes, size_t size, struct reply *reply, struct bench_failure *failure) {
    if (size < PING_FRAME_BYTES) return ARRIVAL_INCOMPLETE;
    uint8_t expected[PING_FRAME_BYTES];
    put_ping(expected, 0, bytes[8], 0);
    if (memcmp(bytes, expected, PING_FRAME_BYTES) != 0) return bench_fail(failure, "the echo is not what was sent"), ARRIVAL_WRONG;
    *reply = (struct reply){.id = bytes[8], .size = PING_FRAME_BYTES};
    return ARRIVAL_REPLY;
}

static enum verdict check_nothing(
    struct reply *reply, const struct bench_load *load, struct chooser *chooser, struct request *request, struct service_error *error,
    struct bench_failure *failure) {
    (void)reply, (void)load, (void)chooser, (void)request, (void)error, (void)failure;
    return VERDICT_RIGHT;
}

static uint8_t *put_redis_ping(uint8_t *at, const struct bench_load *load, uint32_t id, const struct request *request) {
    (void)load, (void)id, (void)request;
    return memcpy(at, "PING\r\n", 6), at + 6;
}

static enum arrival find_redis_pong(const uint8_t *bytes, size_t size, struct reply *reply, struct bench_failure *failure) {
    if (size < 7) return ARRIVAL_INCOMPLETE;
    if (memcmp(bytes, "+PONG\r\n", 7) != 0)
        return bench_fail(failure, "redis answered '%.7s' to a PING", (const char *)bytes), ARRIVAL_WRONG;
    *reply = (struct reply){.id = UINT32_MAX, .size = 7};
    return ARRIVAL_REPLY;
}

static uint8_t *put_get(uint8_t *at, const struct bench_load *load, uint32_t id, const struct request *request) {
    char record_id[RECORD_ID_BYTES + 1];
    bench_record_id(load->name_space, request->number, record_id);
    uint8_t *end = put_string(put_unsigned(begin_request(at, 5, id, OPERATION_GET_ONE), 3), load->repository);
    end = put_list(put_list(put_unsigned(put_map(put_unsigned(end, 4), 1), 1), 1), 3);
    return end_frame(at, put_bytes(put_string(put_string(end, "id"), "eq"), record_id, RECORD_ID_BYTES));
}

static uint8_t *put_create(uint8_t *at, const struct bench_load *load, uint32_t id, const struct request *request) {
    uint8_t *end = put_string(put_unsigned(begin_request(at, 5, id, OPERATION_SAVE), 3), load->repository);
    end = put_record(put_unsigned(put_map(put_unsigned(end, 4), 2), 2), load, request->number);
    return end_frame(at, put_true(put_unsigned(end, 9)));
}

static enum verdict check_record(
    struct reply *reply, const struct bench_load *load, struct chooser *chooser, struct request *request, struct service_error *error,
    struct bench_failure *failure) {
    (void)chooser;
    enum verdict verdict = take_answer(reply, error, failure);
    if (verdict != VERDICT_RIGHT) return verdict;
    return take_record(&reply->rest, load, request->number, failure) && at_end(reply, failure) ? VERDICT_RIGHT : VERDICT_WRONG;
}

const struct exchange *exchange_of(enum bench_workload workload) {
    static const struct exchange exchanges[] = {
        [BENCH_ECHO] = {choose_number, abandon_nothing, put_ping, find_echo, check_nothing, false},
        [BENCH_PING] = {choose_number, abandon_nothing, put_ping, find_frame, check_ping, true},
        [BENCH_GET] = {choose_number, abandon_nothing, put_get, find_frame, check_record, true},
        [BENCH_CREATE] = {choose_number, abandon_nothing, put_create, find_frame, check_record, true},
        [BENCH_REDIS_PING] = {choose_number, abandon_nothing, put_redis_ping, find_redis_pong, check_nothing, false},
        [BENCH_MIX] = {mix_choose, mix_abandon, mix_put_request, find_frame, mix_check_reply, true},
        [BENCH_REGISTERS] = {registers_choose, registers_abandon, registers_put_request, find_frame, registers_check_reply, true},
    };
    return &exchanges[workload];
}
