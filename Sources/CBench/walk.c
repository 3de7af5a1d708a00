/* The end of a run: all records, page by page, against what the ledger knows. */
#include "client.h"
#include "failure.h"
#include "fields.h"

#include <stdlib.h>
#include <unistd.h>

enum { PAGE_BYTES = 400 << 10, MOST_PAGE = 2000, ROOM_BYTES = 16 << 20 };

struct walk {
    const struct bench_load *load;
    struct bench_failure *failure;
    uint8_t *seen, *buffer; /* a bit for each record that has come; a frame */
    char *token;
    size_t token_size;
    uint64_t count;
    struct ledger_view view;
};

static const struct ledger_view *walk_view(void *owner, uint64_t number) {
    struct walk *walk = owner;
    if (number >= ledger_capacity(walk->load->ledger))
        return bench_fail(walk->failure, "record %llu came, which nobody wrote", (unsigned long long)number), (struct ledger_view *)0;
    if (walk->seen[number / 8] >> number % 8 & 1) return bench_fail(walk->failure, "a record came twice"), (struct ledger_view *)0;
    walk->seen[number / 8] |= (uint8_t)(1u << number % 8);
    ledger_look(walk->load->ledger, number, &walk->view);
    return &walk->view;
}

static uint8_t *put_page_request(struct walk *walk) {
    const struct bench_load *load = walk->load;
    uint64_t size = PAGE_BYTES / ((uint64_t)load->mix.fields * (load->mix.field_bytes + FIELD_OVERHEAD_BYTES) + 64);
    uint8_t *end = put_string(put_unsigned(begin_request(walk->buffer, 5, 0, OPERATION_GET_ALL), 3), load->repository);
    end = put_map(put_unsigned(end, 4), walk->token ? 2 : 1);
    end = put_unsigned(put_unsigned(end, 10), size < 1 ? 1 : size > MOST_PAGE ? MOST_PAGE : size);
    if (walk->token) end = put_bytes(put_unsigned(end, 7), walk->token, walk->token_size);
    return end_frame(walk->buffer, end);
}

static bool take_records(struct walk *walk, struct reader *reader) {
    uint64_t count;
    if (!take_list(reader, &count)) return bench_fail(walk->failure, "a page is no list");
    for (; count > 0; count--, walk->count++) {
        struct judgement judgement = {.load = walk->load, .failure = walk->failure};
        if (!take_whole_record(reader, &judgement, walk_view, walk)) return false;
    }
    return true;
}

static bool keep_token(struct walk *walk, struct reader *reader) {
    const char *text;
    size_t size;
    if (!take_string(reader, &text, &size)) return bench_fail(walk->failure, "a page's token is no text");
    free(walk->token);
    walk->token = malloc(size + 1);
    if (!walk->token) abort();
    memcpy(walk->token, text, size);
    walk->token_size = size;
    return true;
}

/* One page; `ended` when there is none after it. */
static bool take_page(struct walk *walk, int descriptor, bool *ended) {
    struct reply reply;
    struct service_error error;
    if (!client_call(descriptor, walk->buffer, ROOM_BYTES, put_page_request(walk), &reply, walk->failure)) return false;
    struct reply first = {.entries = 1, .rest = reply.rest};
    uint64_t key;
    *ended = true;
    for (; reply.entries > 0; reply.entries--) {
        if (!take_unsigned(&reply.rest, &key)) return bench_fail(walk->failure, "a page came as something that is no reply");
        bool taken = key == 2   ? take_records(walk, &reply.rest)
                     : key == 4 ? keep_token(walk, &reply.rest)
                     : key == 3 ? take_answer(&first, &error, walk->failure) == VERDICT_RIGHT || bench_blame_server(walk->failure)
                                : skip_value(&reply.rest);
        if (!taken) return false;
        if (key == 4) *ended = false;
    }
    return true;
}

static bool check_all_came(struct walk *walk) {
    for (uint64_t number = 0; number < ledger_begun(walk->load->ledger); number++) {
        bool is_there = walk->seen[number / 8] >> number % 8 & 1;
        if (is_there || !ledger_is_present(walk->load->ledger, number)) continue;
        return bench_fail(walk->failure, "record %llu was acknowledged and is not there", (unsigned long long)number);
    }
    return true;
}

bool bench_walk(const struct bench_load *load, uint64_t *count, struct bench_failure *failure) {
    struct walk walk = {.load = load, .failure = failure};
    bool ended = false, is_right;
    int descriptor = client_open(load->socket_path, failure);
    if (descriptor < 0) return false;
    walk.seen = calloc(ledger_capacity(load->ledger) / 8 + 1, 1);
    walk.buffer = malloc(ROOM_BYTES);
    is_right = walk.seen && walk.buffer;
    while (is_right && !ended) is_right = !bench_interrupted() && take_page(&walk, descriptor, &ended);
    is_right = is_right && check_all_came(&walk);
    *count = walk.count;
    close(descriptor);
    free(walk.seen);
    free(walk.buffer);
    free(walk.token);
    return is_right;
}
