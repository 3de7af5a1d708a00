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

enum { TICKS_A_SECOND = 20, FIRST_ROOM_BYTES = 64 << 10, MOST_ROOM_BYTES = 17 << 20, DEADLINE_MILLISECONDS = 600000 };

struct slow_reader {
    int descriptor;
    uint64_t started, present, shown; /* of the result that comes: records that must be in it, records that came */
    uint8_t *in;
    size_t used, room;
};

struct slow {
    const struct bench_load *load;
    struct bench_result *result;
    struct bench_failure *failure;
    struct ledger_view any; /* a result takes long to come, so a record may show any version that was ever sent */
    uint64_t begins;
};

static bool ask(struct slow *slow, struct slow_reader *reader) {
    uint8_t out[FRAME_OVERHEAD_BYTES];
    uint64_t possible;
    bench_ledger_count(slow->load->ledger, &reader->present, &possible);
    reader->started = bench_now();
    reader->shown = 0;
    uint8_t *end = put_string(put_unsigned(begin_request(out, 5, 0, OPERATION_GET_ALL), 3), slow->load->repository);
    end = end_frame(out, put_unsigned(put_unsigned(end, 5), DEADLINE_MILLISECONDS));
    return send(reader->descriptor, out, (size_t)(end - out), MSG_NOSIGNAL) == end - out ||
           bench_fail(slow->failure, "a slow reader cannot send");
}

static bool open_reader(struct slow *slow, struct slow_reader *reader) {
    uint8_t out[FRAME_OVERHEAD_BYTES];
    reader->descriptor = client_connect(slow->load->socket_path, slow->failure);
    if (reader->descriptor < 0) return false;
    uint8_t *end = put_string(put_list(put_unsigned(begin_frame(out, 2, KIND_HELLO), 3), 1), "parts");
    end = end_frame(out, end);
    if (send(reader->descriptor, out, (size_t)(end - out), MSG_NOSIGNAL) != end - out)
        return bench_fail(slow->failure, "a slow reader cannot send");
    fcntl(reader->descriptor, F_SETFL, O_NONBLOCK);
    reader->in = malloc(reader->room = FIRST_ROOM_BYTES);
    return reader->in && ask(slow, reader);
}

static const struct ledger_view *any_view(void *owner, uint64_t number) {
    (void)number;
    return &((struct slow *)owner)->any;
}

static bool take_part(struct slow *slow, struct slow_reader *reader, struct reply *reply) {
    uint64_t key, count;
    bool is_last = true;
    for (; reply->entries > 0; reply->entries--) {
        if (!take_unsigned(&reply->rest, &key)) return bench_fail(slow->failure, "a part came that is no reply");
        if (key == 5) is_last = !take_exactly(&reply->rest, 0xc3);
        if (key == 5) continue;
        if (key != 2) return take_result(&(struct reply){.entries = 1, .rest = {reply->rest.at - 1, reply->rest.end}}, slow->failure);
        if (!take_list(&reply->rest, &count)) return bench_fail(slow->failure, "a part is no list");
        for (; count > 0; count--, reader->shown++) {
            struct judgement judgement = {.load = slow->load, .failure = slow->failure};
            if (!take_whole_record(&reply->rest, &judgement, any_view, slow)) return false;
        }
    }
    if (!is_last) return true;
    if (reader->shown < reader->present)
        return bench_fail(
            slow->failure, "%llu records were acknowledged, a slow reader got %llu", (unsigned long long)reader->present,
            (unsigned long long)reader->shown);
    uint64_t now = bench_now();
    bench_result_note(slow->result, BENCH_SCAN, now - reader->started, now - slow->begins, false);
    slow->result->answered_in_all++;
    return ask(slow, reader);
}

static bool take_frames(struct slow *slow, struct slow_reader *reader) {
    size_t at = 0;
    struct reply reply;
    for (; at < reader->used; at += reply.size) {
        enum arrival arrival = find_frame(reader->in + at, reader->used - at, &reply, slow->failure);
        if (arrival == ARRIVAL_WRONG || arrival == ARRIVAL_LEAVING) return false;
        if (arrival == ARRIVAL_INCOMPLETE) break;
        if (arrival == ARRIVAL_REPLY && !take_part(slow, reader, &reply)) return false;
    }
    reader->used -= at;
    memmove(reader->in, reader->in + at, reader->used);
    return true;
}

static bool read_some(struct slow *slow, struct slow_reader *reader, size_t most) {
    if (reader->used + most > reader->room) {
        reader->room = reader->used + most > 2 * reader->room ? reader->used + most : 2 * reader->room;
        if (reader->room > MOST_ROOM_BYTES + most) return bench_fail(slow->failure, "a frame came that is longer than any may be");
        reader->in = realloc(reader->in, reader->room);
        if (!reader->in) abort();
    }
    ssize_t size = recv(reader->descriptor, reader->in + reader->used, most, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (size <= 0) return bench_fail(slow->failure, "the server closed the connection of a slow reader");
    reader->used += (size_t)size;
    return take_frames(slow, reader);
}

bool bench_slow_readers_run(
    const struct bench_load *load, uint32_t bytes_per_second, struct bench_result *result, struct bench_failure *failure) {
    struct slow slow = {.load = load, .result = result, .failure = failure, .begins = bench_now()};
    struct slow_reader *readers = calloc(load->clients, sizeof *readers);
    if (!readers) abort();
    client_raise_descriptor_limit();
    bench_result_begin(result, load->window);
    bool is_right = true;
    uint32_t opened = 0;
    for (; is_right && opened < load->clients; opened++) is_right = open_reader(&slow, &readers[opened]);
    while (is_right && bench_now() < slow.begins + load->warm_up + load->window && !bench_interrupted()) {
        for (uint32_t index = 0; is_right && index < opened; index++)
            is_right = read_some(&slow, &readers[index], bytes_per_second / TICKS_A_SECOND + 1);
        nanosleep(&(struct timespec){.tv_nsec = 1000000000 / TICKS_A_SECOND}, 0);
    }
    for (uint32_t index = 0; index < opened; index++) {
        if (readers[index].descriptor >= 0) close(readers[index].descriptor);
        free(readers[index].in);
    }
    free(readers);
    result->answered = result->latency.count;
    result->window = load->window;
    return is_right;
}
