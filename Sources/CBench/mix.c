#include "mix.h"

#include "failure.h"
#include "fields.h"
#include "record.h"

/* Records with too many writes under way that are passed over for the one after them, at most. */
enum { MOST_PASSED = 1024 };

uint32_t mix_views(const struct bench_mix *mix) { return mix->shares[BENCH_SCAN] ? mix->scan_records : 1; }

size_t mix_request_bytes(const struct bench_mix *mix) {
    return FRAME_OVERHEAD_BYTES + (size_t)mix->fields * (mix->field_bytes + FIELD_OVERHEAD_BYTES);
}

size_t mix_reply_bytes(const struct bench_mix *mix) { return mix_request_bytes(mix) * mix_views(mix); }

static enum bench_operation choose_operation(const struct bench_mix *mix, struct random *random) {
    uint32_t share = (uint32_t)random_below(random, 1000);
    for (int operation = 0; operation < BENCH_OPERATIONS; operation++) {
        if (share < mix->shares[operation]) return (enum bench_operation)operation;
        share -= mix->shares[operation];
    }
    return BENCH_READ;
}

bool mix_begin_update(const struct bench_load *load, struct request *request) {
    for (uint64_t passed = 0; passed < load->records && passed < MOST_PASSED; passed++) {
        if (ledger_begin_update(load->ledger, request->number, &request->version, &request->settled)) {
            request->is_writing = true;
            ledger_look(load->ledger, request->number, request->views);
            return true;
        }
        request->number = (request->number + 1) % load->records;
    }
    return false;
}

void mix_choose(const struct bench_load *load, struct chooser *chooser, struct request *request) {
    request->operation = choose_operation(&load->mix, &chooser->random);
    request->is_writing = false;
    if (request->operation == BENCH_INSERT) {
        request->number = ledger_begin_insert(load->ledger);
        if (request->number != UINT64_MAX) {
            request->is_writing = true;
            return;
        }
        request->operation = BENCH_READ;
    }
    request->number = keys_choose(&chooser->keys, &chooser->random, ledger_newest(load->ledger));
    request->limit = 1;
    if (request->operation == BENCH_UPDATE) {
        if (mix_begin_update(load, request)) return;
        request->operation = BENCH_READ;
    }
    if (request->operation == BENCH_SCAN) request->limit = 1 + (uint32_t)random_below(&chooser->random, load->mix.scan_records);
    for (uint32_t index = 0; index < request->limit; index++)
        ledger_look(load->ledger, request->number + index, &request->views[index]);
}

void mix_end(const struct bench_load *load, const struct request *request, enum ledger_outcome outcome) {
    if (!request->is_writing) return;
    if (request->operation == BENCH_INSERT) return ledger_end_insert(load->ledger, request->number, outcome);
    ledger_end_update(load->ledger, request->number, request->version, request->settled, outcome);
}

void mix_abandon(const struct bench_load *load, struct chooser *chooser, struct request *request) {
    (void)chooser;
    mix_end(load, request, LEDGER_UNKNOWN);
}

static uint8_t *put_filter(uint8_t *at, const struct bench_load *load, const char *operator, uint64_t number) {
    char record_id[RECORD_ID_BYTES + 1];
    bench_record_id(load->name_space, number, record_id);
    at = put_list(put_list(put_unsigned(at, 1), 1), 3);
    return put_bytes(put_string(put_string(at, "id"), operator), record_id, RECORD_ID_BYTES);
}

static uint8_t *put_scan(uint8_t *at, const struct bench_load *load, const struct request *request) {
    at = put_filter(put_map(at, 3), load, "gte", request->number);
    at = put_list(put_list(put_unsigned(at, 4), 1), 2);
    return put_unsigned(put_unsigned(put_string(put_string(at, "id"), "asc"), 5), request->limit);
}

static uint8_t *put_insert(uint8_t *at, const struct bench_load *load, const struct request *request) {
    at = put_unsigned(put_map(at, load->mix.custom_id ? 1 : 2), 2);
    at = put_whole_record(at, load, request->number);
    return load->mix.custom_id ? at : put_true(put_unsigned(at, 9));
}

uint8_t *mix_put_request(uint8_t *at, const struct bench_load *load, uint32_t id, const struct request *request) {
    uint8_t operation = request->is_writing                   ? OPERATION_SAVE
                        : request->operation == BENCH_SCAN    ? OPERATION_GET_ALL
                                                              : OPERATION_GET_ONE;
    bool has_deadline = load->deadline_milliseconds > 0;
    uint8_t *end = put_string(put_unsigned(begin_request(at, has_deadline ? 6 : 5, id, operation), 3), load->repository);
    if (has_deadline) end = put_unsigned(put_unsigned(end, 5), load->deadline_milliseconds);
    end = put_unsigned(end, 4);
    if (operation == OPERATION_GET_ALL) {
        end = put_scan(end, load, request);
    } else if (operation == OPERATION_GET_ONE) {
        end = put_filter(put_map(end, 1), load, "eq", request->number);
    } else if (request->operation == BENCH_INSERT) {
        end = put_insert(end, load, request);
    } else {
        end = put_filter(put_map(end, 2), load, "eq", request->number);
        end = put_changed_field(put_unsigned(end, 2), load, request->number, request->version);
    }
    return end_frame(at, end);
}

/* The records of a scan: each where it must be, in order, and none left out. */
struct scan {
    const struct bench_load *load;
    const struct request *request;
    struct ledger_view beyond; /* of a record further on than `limit` places, about which nothing was noted */
    uint64_t next;             /* the least number that may come now */
    struct bench_failure *failure;
};

static bool scan_skips(const struct scan *scan, uint64_t until) {
    const struct request *request = scan->request;
    uint64_t end = request->number + request->limit;
    for (uint64_t number = scan->next; number < until && number < end; number++) {
        if (request->views[number - request->number].must_exist)
            return bench_fail(scan->failure, "a scan left record %llu out", (unsigned long long)number);
    }
    return true;
}

static const struct ledger_view *scan_view(void *owner, uint64_t number) {
    struct scan *scan = owner;
    const struct request *request = scan->request;
    if (number < scan->next) bench_fail(scan->failure, "a scan showed record %llu out of its order", (unsigned long long)number);
    if (number < scan->next || !scan_skips(scan, number)) return 0;
    scan->next = number + 1;
    return number - request->number < request->limit ? &request->views[number - request->number] : &scan->beyond;
}

struct single {
    const struct request *request;
    const struct ledger_view *view;
    struct bench_failure *failure;
};

static const struct ledger_view *single_view(void *owner, uint64_t number) {
    struct single *single = owner;
    if (number == single->request->number) return single->view;
    unsigned long long asked = single->request->number;
    return bench_fail(single->failure, "record %llu came in the place of %llu", (unsigned long long)number, asked), (void *)0;
}

static bool check_scan(struct reply *reply, const struct bench_load *load, struct request *request, struct bench_failure *failure) {
    uint64_t count;
    struct scan scan = {.load = load, .request = request, .next = request->number, .failure = failure};
    if (!take_list(&reply->rest, &count)) return bench_fail(failure, "a scan was answered with something that is no list");
    if (count > request->limit) return bench_fail(failure, "a scan was answered with more records than it asked for");
    bool is_full = count == request->limit;
    for (; count > 0; count--) {
        struct judgement judgement = {.load = load, .failure = failure};
        if (!take_whole_record(&reply->rest, &judgement, scan_view, &scan)) return false;
    }
    return is_full || scan_skips(&scan, UINT64_MAX);
}

bool mix_may_be_missing(const struct request *request, struct bench_failure *failure) {
    if (request->operation == BENCH_SCAN) return bench_fail(failure, "a scan was answered notFound");
    if (request->operation == BENCH_INSERT) return bench_fail(failure, "an insert was answered notFound");
    if (!request->views->must_exist) return true;
    return bench_fail(failure, "record %llu was acknowledged and is not found", (unsigned long long)request->number);
}

static enum verdict check_error(const struct request *request, const struct service_error *error, struct bench_failure *failure) {
    if (error->code == BENCH_NOT_FOUND) return mix_may_be_missing(request, failure) ? VERDICT_RIGHT : VERDICT_WRONG;
    /* Nobody else writes these ids, and each is inserted once. */
    return error->code == BENCH_ALREADY_EXISTS ? VERDICT_WRONG : VERDICT_ERROR;
}

/* What an insert or an update answers is the record as the write left it: its own version and no other. An insert's record has none yet. */
static bool check_one(struct reply *reply, const struct bench_load *load, struct request *request, struct bench_failure *failure) {
    struct ledger_view inserted = {.must_exist = true};
    struct judgement judgement = {.load = load, .failure = failure};
    if (request->is_writing && request->operation != BENCH_INSERT) judgement.written = request->version;
    struct single single = {request, request->operation == BENCH_INSERT ? &inserted : request->views, failure};
    return take_whole_record(&reply->rest, &judgement, single_view, &single);
}

enum verdict mix_check_reply(
    struct reply *reply, const struct bench_load *load, struct chooser *chooser, struct request *request, struct service_error *error,
    struct bench_failure *failure) {
    (void)chooser;
    enum verdict verdict = take_answer(reply, error, failure);
    bool is_missing = verdict == VERDICT_ERROR && error->code == BENCH_NOT_FOUND;
    if (verdict == VERDICT_ERROR) verdict = check_error(request, error, failure);
    if (verdict == VERDICT_RIGHT && !is_missing) {
        bool is_right = request->operation == BENCH_SCAN ? check_scan(reply, load, request, failure)
                                                         : check_one(reply, load, request, failure);
        verdict = is_right && at_end(reply, failure) ? VERDICT_RIGHT : VERDICT_WRONG;
    }
    if (verdict == VERDICT_WRONG) return verdict;
    bool is_known = verdict == VERDICT_RIGHT || error->outcome_known;
    mix_end(load, request, !is_known ? LEDGER_UNKNOWN : verdict == VERDICT_ERROR || is_missing ? LEDGER_FAILED : LEDGER_APPLIED);
    bool is_half = verdict == VERDICT_RIGHT && request->operation == BENCH_READ_MODIFY_WRITE && !request->is_writing && !is_missing;
    return is_half && mix_begin_update(load, request) ? VERDICT_GO_ON : verdict;
}
