/* Clients that ask for all there is and take their time to read it: what they cost the others is to be seen. */
#define _GNU_SOURCE
#include "client.h"
#include "failure.h"
#include "fields.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TICKS_A_SECOND = 20, MOST_FRAME_BYTES = 17 << 20, DEADLINE_MILLISECONDS = 600000, READ_BYTES = 256 << 10 };
#define PATIENCE_NANOSECONDS 60000000000ull /* for the next bytes of what is read at the end */

/* The result that comes is about `known` records, those that anybody had begun to insert when it was asked for. */
struct slow_reader {
    struct slow *slow;
    int descriptor; /* -1: lost, or not connected yet */
    bool is_done; /* the window is over, and so is its last result */
    uint64_t started, known;
    uint8_t *present, *seen; /* a bit for each of those: it must come, it has come */
    uint8_t *in;
    size_t used, room;
};

struct slow {
    const struct bench_load *load;
    struct bench_result *result;
    struct bench_failure *failure;
    struct ledger_view any; /* a result takes long to come, so a record may show any version that was ever sent */
    uint64_t begins;
    bool is_over; /* nothing more is asked for */
};

static void note_failure(struct slow *slow, int error) {
    bench_result_note(slow->result, BENCH_SCAN, 0, bench_now() - slow->begins, true);
    slow->result->errors[error]++;
}

/* The failure says how. A reader that is lost connects again with the next tick. */
static bool lose(struct slow *slow, struct slow_reader *reader, int error) {
    note_failure(slow, error);
    close(reader->descriptor);
    reader->descriptor = -1;
    reader->used = 0;
    return slow->load->tolerant || bench_blame_server(slow->failure);
}

static uint8_t *resized(uint8_t *bytes, size_t size) {
    bytes = realloc(bytes, size);
    if (!bytes) abort();
    return bytes;
}

static void note_present(struct slow *slow, struct slow_reader *reader) {
    reader->known = ledger_begun(slow->load->ledger);
    size_t size = reader->known / 8 + 1;
    reader->present = resized(reader->present, size);
    reader->seen = resized(reader->seen, size);
    memset(reader->present, 0, size);
    memset(reader->seen, 0, size);
    for (uint64_t number = 0; number < reader->known; number++)
        reader->present[number / 8] |= (uint8_t)(ledger_is_present(slow->load->ledger, number) << number % 8);
}

static bool say(struct slow *slow, struct slow_reader *reader, const uint8_t *out, const uint8_t *end) {
    if (send(reader->descriptor, out, (size_t)(end - out), MSG_NOSIGNAL) == end - out) return true;
    bench_fail(slow->failure, "a slow reader cannot send: %s", strerror(errno));
    return lose(slow, reader, BENCH_LOST);
}

static bool ask(struct slow *slow, struct slow_reader *reader) {
    uint8_t out[FRAME_OVERHEAD_BYTES];
    reader->is_done = slow->is_over;
    if (reader->is_done) return true;
    note_present(slow, reader);
    reader->started = bench_now();
    uint8_t *end = put_string(put_unsigned(begin_request(out, 5, 0, OPERATION_GET_ALL), 3), slow->load->repository);
    return say(slow, reader, out, end_frame(out, put_unsigned(put_unsigned(end, 5), DEADLINE_MILLISECONDS)));
}

/* Where nobody listens a reader that may be lost waits for its next tick. */
static bool open_reader(struct slow *slow, struct slow_reader *reader) {
    uint8_t out[FRAME_OVERHEAD_BYTES];
    reader->descriptor = client_connect(slow->load->socket_path, slow->failure);
    if (reader->descriptor < 0) return slow->load->tolerant && slow->failure->of_server;
    fcntl(reader->descriptor, F_SETFL, O_NONBLOCK);
    uint8_t *end = put_string(put_list(put_unsigned(begin_frame(out, 2, KIND_HELLO), 3), 1), "parts");
    return say(slow, reader, out, end_frame(out, end)) && (reader->descriptor < 0 || ask(slow, reader));
}

static const struct ledger_view *view_of(void *owner, uint64_t number) {
    struct slow_reader *reader = owner;
    if (number >= reader->known) return &reader->slow->any;
    uint8_t *place = &reader->seen[number / 8], bit = (uint8_t)(1u << number % 8);
    if (*place & bit) {
        bench_fail(reader->slow->failure, "a slow reader got record %llu twice", (unsigned long long)number);
        return 0;
    }
    *place |= bit;
    return &reader->slow->any;
}

static bool check_all_came(struct slow *slow, const struct slow_reader *reader) {
    for (uint64_t number = 0; number < reader->known; number++) {
        if (!((reader->present[number / 8] & ~reader->seen[number / 8]) >> number % 8 & 1)) continue;
        return bench_fail(
            slow->failure, "record %llu was acknowledged and a slow reader did not get it", (unsigned long long)number);
    }
    return true;
}

static bool finish(struct slow *slow, struct slow_reader *reader) {
    if (!check_all_came(slow, reader)) return false;
    uint64_t now = bench_now();
    bench_result_note(slow->result, BENCH_SCAN, now - reader->started, now - slow->begins, false);
    slow->result->answered_in_all++;
    return ask(slow, reader);
}

/* What came in the place of a result: an error, or something that must not be. */
static bool take_error(struct slow *slow, struct slow_reader *reader, struct reader rest) {
    struct service_error error;
    if (take_answer(&(struct reply){.entries = 1, .rest = rest}, &error, slow->failure) != VERDICT_ERROR) return false;
    note_failure(slow, error.code);
    return slow->load->tolerant ? ask(slow, reader) : bench_blame_server(slow->failure);
}

static bool take_part(struct slow *slow, struct slow_reader *reader, struct reply *reply) {
    uint64_t key, count;
    bool is_last = true;
    for (; reply->entries > 0; reply->entries--) {
        struct reader entry = reply->rest;
        if (!take_unsigned(&reply->rest, &key)) return bench_fail(slow->failure, "a part came that is no reply");
        if (key == 5) is_last = !take_exactly(&reply->rest, 0xc3);
        if (key == 5) continue;
        if (key != 2) return take_error(slow, reader, entry);
        if (!take_list(&reply->rest, &count)) return bench_fail(slow->failure, "a part is no list");
        for (; count > 0; count--) {
            struct judgement judgement = {.load = slow->load, .failure = slow->failure};
            if (!take_whole_record(&reply->rest, &judgement, view_of, reader)) return false;
        }
    }
    return !is_last || finish(slow, reader);
}

static bool take_frames(struct slow *slow, struct slow_reader *reader) {
    size_t at = 0;
    struct reply reply;
    for (; at < reader->used; at += reply.size) {
        enum arrival arrival = find_frame(reader->in + at, reader->used - at, &reply, slow->failure);
        if (arrival == ARRIVAL_WRONG) return false;
        if (arrival == ARRIVAL_LEAVING || arrival == ARRIVAL_FAULT) return lose(slow, reader, reply.code);
        if (arrival == ARRIVAL_INCOMPLETE) break;
        if (arrival == ARRIVAL_REPLY && !take_part(slow, reader, &reply)) return false;
        if (reader->descriptor < 0 || reader->is_done) return true;
    }
    reader->used -= at;
    memmove(reader->in, reader->in + at, reader->used);
    return true;
}

static bool read_some(struct slow *slow, struct slow_reader *reader, size_t most) {
    if (reader->used > MOST_FRAME_BYTES) return bench_fail(slow->failure, "a frame came that is longer than any may be");
    if (reader->used + most > reader->room) {
        reader->room = 2 * (reader->used + most);
        reader->in = resized(reader->in, reader->room);
    }
    ssize_t size = recv(reader->descriptor, reader->in + reader->used, most, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (size <= 0) return bench_fail(slow->failure, "the server closed the connection of a slow reader"), lose(slow, reader, BENCH_LOST);
    reader->used += (size_t)size;
    return take_frames(slow, reader);
}

static bool run(struct slow *slow, struct slow_reader *readers, size_t bytes_a_tick) {
    const struct bench_load *load = slow->load;
    bool is_right = true;
    while (is_right && bench_now() < slow->begins + load->warm_up + load->window && !bench_interrupted()) {
        for (uint32_t index = 0; is_right && index < load->clients; index++) {
            struct slow_reader *reader = &readers[index];
            is_right = reader->descriptor < 0 ? open_reader(slow, reader) : read_some(slow, reader, bytes_a_tick);
        }
        nanosleep(&(struct timespec){.tv_nsec = 1000000000 / TICKS_A_SECOND}, 0);
    }
    return is_right;
}

/* What is under way when the window is over is read as fast as it comes: otherwise a result that takes longer than the window would
   never be judged as a whole. */
static bool read_rest(struct slow *slow, struct slow_reader *readers) {
    slow->is_over = true;
    for (uint32_t index = 0; index < slow->load->clients; index++) {
        struct slow_reader *reader = &readers[index];
        uint64_t came = bench_now();
        while (reader->descriptor >= 0 && !reader->is_done && !bench_interrupted()) {
            size_t used = reader->used;
            if (!read_some(slow, reader, READ_BYTES)) return false;
            if (reader->used != used) came = bench_now();
            else if (bench_now() - came < PATIENCE_NANOSECONDS) nanosleep(&(struct timespec){.tv_nsec = 1000000}, 0);
            else return bench_fail(slow->failure, "nothing more of a result comes for a slow reader"), bench_blame_server(slow->failure);
        }
    }
    return true;
}

bool bench_slow_readers_run(
    const struct bench_load *load, uint32_t bytes_per_second, struct bench_result *result, struct bench_failure *failure) {
    struct slow slow = {.load = load, .result = result, .failure = failure, .begins = bench_now()};
    struct slow_reader *readers = calloc(load->clients, sizeof *readers);
    if (!readers) abort();
    client_raise_descriptor_limit();
    bench_result_begin(result, load->window);
    for (uint32_t index = 0; index < load->clients; index++) readers[index] = (struct slow_reader){.slow = &slow, .descriptor = -1};
    bool is_right = run(&slow, readers, bytes_per_second / TICKS_A_SECOND + 1) && read_rest(&slow, readers);
    for (uint32_t index = 0; index < load->clients; index++) {
        if (readers[index].descriptor >= 0) close(readers[index].descriptor);
        free(readers[index].present);
        free(readers[index].seen);
        free(readers[index].in);
    }
    free(readers);
    result->answered = result->latency.count;
    result->window = load->window;
    return is_right;
}
