/* A load without Sluice: threads with a connection of their own, each making one blocking call after the other, as a service's driver
   would. What is asked for, how it is checked and how it is timed is the generator's. */
#define _GNU_SOURCE
#include "../pace.h"
#include "driver.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { WALKERS = 8, STACK_BYTES = 512 << 10 };

struct worker {
    struct bench_peer *peer;
    pthread_t thread;
    uint32_t index;
    void *connection;
    struct chooser chooser;
};

struct bench_peer {
    struct bench_load load;
    const struct driver *driver;
    uint32_t workers_made;
    struct worker *workers;
    pthread_mutex_t lock; /* over what follows */
    struct bench_result *result;
    struct bench_failure *failure;
    uint64_t sent, last_answer;
    bool has_failed;
    uint64_t start, begins, ends;
};

static const struct driver *driver_of(const char *place) {
    static const struct driver *const drivers[] = {&mongo_driver, &dynamo_driver, &postgres_driver, &sqlite_driver};
    for (size_t index = 0; index < sizeof drivers / sizeof *drivers; index++) {
        if (strncmp(place, drivers[index]->scheme, strlen(drivers[index]->scheme)) == 0) return drivers[index];
    }
    return 0;
}

bool bench_is_peer(const char *place) { return driver_of(place) != 0; }

static void give_up(struct bench_peer *peer, const struct bench_failure *failure) {
    pthread_mutex_lock(&peer->lock);
    if (!peer->has_failed) *peer->failure = *failure;
    peer->has_failed = true;
    pthread_mutex_unlock(&peer->lock);
}

/* In an open loop each worker has its share of the intended starts. What is not begun when the window has been over for a while is unsent,
   as the generator has it: a peer that cannot keep up is not waited for until it has. */
static uint64_t next_intended_start(struct worker *worker, uint64_t turn, uint64_t now) {
    struct bench_peer *peer = worker->peer;
    double interval = 1e9 / peer->load.rate;
    uint64_t due = peer->start + (uint64_t)(((double)worker->index + (double)turn * peer->load.clients) * interval);
    struct timespec until = {.tv_sec = (time_t)(due / 1000000000ull), .tv_nsec = (long)(due % 1000000000ull)};
    if (due > now && due < peer->ends) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, 0);
    if (due < peer->ends && now < peer->ends + DRAIN_NANOSECONDS) return due;
    pthread_mutex_lock(&peer->lock);
    peer->result->unsent += pace_unsent(due, interval * peer->load.clients, peer->begins, peer->ends);
    pthread_mutex_unlock(&peer->lock);
    return 0;
}

/* The next request's start: now, or when it was intended; 0 when the run is over. */
static uint64_t next_start(struct worker *worker, uint64_t turn) {
    struct bench_peer *peer = worker->peer;
    uint64_t now = bench_now();
    if (peer->load.requests) {
        pthread_mutex_lock(&peer->lock);
        bool is_left = peer->sent < peer->load.requests && !peer->has_failed;
        peer->sent += is_left;
        pthread_mutex_unlock(&peer->lock);
        return is_left ? now : 0;
    }
    if (peer->load.rate > 0) return next_intended_start(worker, turn, now);
    return now < peer->ends ? now : 0;
}

static void note(struct bench_peer *peer, const struct request *request, int error) {
    uint64_t now = bench_now(), counts_at = peer->load.rate > 0 ? request->started : now;
    bool failed = error >= 0;
    pthread_mutex_lock(&peer->lock);
    if (counts_at >= peer->begins && counts_at < peer->ends)
        bench_result_note(peer->result, request->operation, now - request->started, now - peer->begins, failed);
    if (failed) peer->result->errors[error]++;
    else peer->result->answered_in_all++;
    peer->last_answer = now;
    pthread_mutex_unlock(&peer->lock);
    ledger_note_answers(peer->load.ledger, !failed);
    if (!failed) ledger_note_success(peer->load.ledger, request->started, now);
}

static enum verdict read_one(struct worker *worker, const char *id, const struct request *request, struct bench_failure *failure) {
    struct judgement judgement = {.load = &worker->peer->load, .number = request->number, .view = request->views, .failure = failure};
    switch (worker->peer->driver->read(worker->connection, id, &judgement)) {
    case READ_FOUND: return judge_end(&judgement) ? VERDICT_RIGHT : VERDICT_WRONG;
    case READ_MISSING: return mix_may_be_missing(request, failure) ? VERDICT_RIGHT : VERDICT_WRONG;
    case READ_FAILED: return VERDICT_ERROR;
    default: return VERDICT_WRONG;
    }
}

static enum verdict write_one(struct worker *worker, const char *id, const struct request *request, struct bench_failure *failure) {
    const struct driver *driver = worker->peer->driver;
    enum write_outcome outcome = (request->operation == BENCH_INSERT ? driver->insert : driver->update)(
        worker->connection, id, request, failure);
    if (outcome == WRITE_MISSING && !mix_may_be_missing(request, failure)) return VERDICT_WRONG;
    mix_end(
        &worker->peer->load, request,
        outcome == WRITE_APPLIED ? LEDGER_APPLIED : outcome == WRITE_MISSING ? LEDGER_FAILED : LEDGER_UNKNOWN);
    return outcome == WRITE_FAILED ? VERDICT_ERROR : VERDICT_RIGHT;
}

static enum verdict perform(struct worker *worker, struct request *request, struct bench_failure *failure) {
    char id[RECORD_ID_BYTES + 1];
    bench_record_id(worker->peer->load.name_space, request->number, id);
    if (request->is_writing) return write_one(worker, id, request, failure);
    enum verdict verdict = read_one(worker, id, request, failure);
    if (verdict != VERDICT_RIGHT || request->operation != BENCH_READ_MODIFY_WRITE) return verdict;
    if (!mix_begin_update(&worker->peer->load, request)) return verdict;
    bench_record_id(worker->peer->load.name_space, request->number, id);
    return write_one(worker, id, request, failure);
}

static void *work(void *argument) {
    struct worker *worker = argument;
    struct bench_peer *peer = worker->peer;
    struct ledger_view view;
    struct bench_failure failure = {{0}, false};
    uint64_t start;
    for (uint64_t turn = 0; !peer->has_failed && !bench_interrupted() && (start = next_start(worker, turn)) != 0; turn++) {
        struct request request = {.views = &view};
        mix_choose(&peer->load, &worker->chooser, &request);
        request.started = start;
        enum verdict verdict = perform(worker, &request, &failure);
        if (verdict == VERDICT_ERROR) bench_blame_server(&failure);
        if (verdict == VERDICT_WRONG || (verdict == VERDICT_ERROR && !peer->load.tolerant)) return give_up(peer, &failure), (void *)0;
        note(peer, &request, verdict == VERDICT_ERROR ? BENCH_OTHER : -1);
    }
    return 0;
}

struct bench_peer *bench_peer_prepare(const struct bench_load *load, struct bench_failure *failure) {
    const struct driver *driver = driver_of(load->socket_path);
    if (load->mix.shares[BENCH_SCAN]) return bench_fail(failure, "peers know no scans"), (struct bench_peer *)0;
    if (driver->start && !driver->start(failure)) return 0;
    struct bench_peer *peer = calloc(1, sizeof *peer);
    struct worker *workers = calloc(load->clients, sizeof *workers);
    if (!peer || !workers) abort();
    *peer = (struct bench_peer){.load = *load, .driver = driver, .workers = workers};
    pthread_mutex_init(&peer->lock, 0);
    struct keys keys = keys_of(load->mix.keys, load->records ? load->records : 1);
    for (uint32_t index = 0; index < load->clients; index++) {
        uint64_t seed = (bench_now() ^ (uint64_t)getpid() << 32 ^ (uint64_t)index << 20) | 1;
        workers[index] = (struct worker){.peer = peer, .index = index, .chooser = {.keys = keys, .random = {seed}}};
        workers[index].connection = driver->open(load, failure);
        if (!workers[index].connection) return bench_peer_free(peer), (struct bench_peer *)0;
        peer->workers_made++;
    }
    return peer;
}

static bool run_threads(struct bench_peer *peer, void *(*body)(void *)) {
    pthread_attr_t attributes;
    uint32_t started = 0;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    for (; started < peer->load.clients; started++) {
        if (pthread_create(&peer->workers[started].thread, &attributes, body, &peer->workers[started]) == 0) continue;
        struct bench_failure failure;
        bench_fail(&failure, "a thread cannot be started");
        give_up(peer, &failure);
        break;
    }
    for (uint32_t index = 0; index < started; index++) pthread_join(peer->workers[index].thread, 0);
    pthread_attr_destroy(&attributes);
    if (bench_interrupted() && !peer->has_failed) return bench_fail(peer->failure, "interrupted");
    return !peer->has_failed;
}

bool bench_peer_run(struct bench_peer *peer, struct bench_result *result, struct bench_failure *failure) {
    const struct bench_load *load = &peer->load;
    bench_result_begin(result, load->window);
    peer->result = result;
    peer->failure = failure;
    peer->start = bench_now();
    peer->begins = load->requests ? peer->start : peer->start + load->warm_up;
    peer->ends = load->requests ? UINT64_MAX : peer->begins + load->window;
    uint64_t processor = bench_process_time(getpid());
    if (!run_threads(peer, work)) return false;
    result->answered = result->latency.count;
    result->window = (load->requests ? peer->last_answer + 1 : peer->ends) - peer->begins;
    result->processor = bench_process_time(getpid()) - processor;
    return true;
}

void bench_peer_free(struct bench_peer *peer) {
    for (uint32_t index = 0; index < peer->workers_made; index++) peer->driver->close(peer->workers[index].connection);
    pthread_mutex_destroy(&peer->lock);
    free(peer->workers);
    free(peer);
}

bool bench_peer_define(const struct bench_load *load, struct bench_failure *failure) {
    const struct driver *driver = driver_of(load->socket_path);
    if (driver->start && !driver->start(failure)) return false;
    void *connection = driver->open(load, failure);
    bool is_defined = connection && driver->define(connection, failure);
    if (connection) driver->close(connection);
    return is_defined;
}

/* Every WALKERS'th record. */
static void *walk(void *argument) {
    struct worker *worker = argument;
    struct bench_ledger *ledger = worker->peer->load.ledger;
    struct bench_failure failure = {{0}, false};
    struct ledger_view view;
    for (uint64_t number = worker->index; number < ledger_begun(ledger) && !bench_interrupted(); number += WALKERS) {
        struct request request = {.operation = BENCH_READ, .number = number, .views = &view};
        char id[RECORD_ID_BYTES + 1];
        bench_record_id(worker->peer->load.name_space, number, id);
        ledger_look(ledger, number, &view);
        enum verdict verdict = read_one(worker, id, &request, &failure);
        if (verdict == VERDICT_ERROR) bench_blame_server(&failure);
        if (verdict != VERDICT_RIGHT) return give_up(worker->peer, &failure), (void *)0;
    }
    return 0;
}

bool bench_peer_walk(const struct bench_load *load, uint64_t *count, struct bench_failure *failure) {
    struct bench_load walking = *load;
    walking.clients = WALKERS;
    struct bench_peer *peer = bench_peer_prepare(&walking, failure);
    if (!peer) return false;
    peer->failure = failure;
    bool is_right = run_threads(peer, walk) && peer->driver->count(peer->workers[0].connection, count, failure);
    bench_peer_free(peer);
    return is_right;
}
