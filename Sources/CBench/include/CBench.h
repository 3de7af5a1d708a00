/* The parts of the benchmark that would be measured along if they were slow: the load generator, the bare echo server it is compared
   with, the drivers of the servers that Sluice is compared with, and the few system calls that Swift cannot make (fork, variadic prctl).
   Everything here but a peer and a ledger is used by one thread; nothing is freed but by its _free. */
#ifndef SLUICE_CBENCH_H
#define SLUICE_CBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Why a call answered false, null or -1: one sentence for a person, and whether it was the server that failed, rather than an answer that
   was wrong. */
struct bench_failure {
    char message[256];
    bool of_server;
};

/* Latencies in log-linear buckets: 256 to each power of two, so a value read back is off by at most
   0.2 %. Times over 2^42 ns (73 min) count as that. */
enum { BENCH_HISTOGRAM_BITS = 8, BENCH_HISTOGRAM_BUCKETS = (42 - BENCH_HISTOGRAM_BITS + 1) << BENCH_HISTOGRAM_BITS };
struct bench_histogram {
    uint64_t count, total, max;
    uint64_t counts[BENCH_HISTOGRAM_BUCKETS];
};
void bench_histogram_record(struct bench_histogram *histogram, uint64_t nanoseconds);
void bench_histogram_merge(struct bench_histogram *into, const struct bench_histogram *other);
/* The time that this share (0 to 1) of all recorded ones does not exceed, nanoseconds; 0 when nothing was recorded. */
uint64_t bench_histogram_quantile(const struct bench_histogram *histogram, double share);

/* What a request does. Shares of a mix are given for those of a record; the others stand for the workloads of one operation. */
enum bench_operation { BENCH_READ, BENCH_UPDATE, BENCH_INSERT, BENCH_SCAN, BENCH_READ_MODIFY_WRITE, BENCH_OPERATIONS };

/* What a request may end with beside an answer: the protocol's codes in the order of bench_error_name, then what the generator says. */
enum {
    BENCH_NOT_FOUND = 0, BENCH_ALREADY_EXISTS = 1, BENCH_SHUTTING_DOWN = 10, BENCH_CODES = 11, BENCH_LOST = BENCH_CODES, BENCH_OTHER,
    BENCH_ERRORS
};
const char *bench_error_name(int error);

/* What a run came to, slice after slice: latencies in 16 buckets to each power of two, so the file for an hour stays small. */
enum { BENCH_SLICES = 600, BENCH_SLICE_BITS = 4, BENCH_SLICE_BUCKETS = (42 - BENCH_SLICE_BITS + 1) << BENCH_SLICE_BITS };
struct bench_slice {
    uint32_t failed;
    uint32_t counts[BENCH_SLICE_BUCKETS];
};
void bench_slice_record(struct bench_slice *slice, uint64_t nanoseconds);
uint64_t bench_slice_count(const struct bench_slice *slice);
uint64_t bench_slice_quantile(const struct bench_slice *slice, double share);
void bench_slice_merge(struct bench_slice *into, const struct bench_slice *other);

/* What a run came to. It crosses a pipe as its bytes, from one process of this program to another, so it holds no pointer. That is why the
   histograms here are C's and not those of a package: they are HdrHistogram's in layout (log-linear) and need no encoding. A test holds
   their quantiles against those of HdrHistogram. */
struct bench_result {
    uint64_t answered;        /* replies in the measured window */
    uint64_t answered_in_all; /* replies in the whole run, warm-up and the end included */
    uint64_t window;          /* length of the measured window, nanoseconds */
    uint64_t processor;       /* processor time of the generator in that window, nanoseconds */
    uint64_t failed;          /* requests in the window that ended with an error, or with their connection */
    uint64_t unsent;          /* open loop: requests whose intended start came and that were never sent */
    uint64_t connects;        /* connections made after the first ones, or by a storm */
    uint64_t errors[BENCH_ERRORS]; /* of the whole run */
    uint64_t slice_nanoseconds;
    struct bench_histogram latency;
    struct bench_histogram by_operation[BENCH_OPERATIONS];
    struct bench_slice slices[BENCH_SLICES];
};
struct bench_result *bench_result_new(void);
void bench_result_free(struct bench_result *result);
/* For Swift, which sees arrays in a structure as tuples. */
const struct bench_histogram *bench_result_operation(const struct bench_result *result, enum bench_operation operation);
const struct bench_slice *bench_result_slice(const struct bench_result *result, uint32_t slice);
uint64_t bench_result_error(const struct bench_result *result, int error);
/* Adds what another process of the same run reported: counts add up, the window is the longest. */
void bench_result_merge(struct bench_result *into, const struct bench_result *other);
/* Shares the window out to slices, of BENCH_LEAST_SLICE nanoseconds at least. */
enum { BENCH_LEAST_SLICE = 100000000 };
void bench_result_begin(struct bench_result *result, uint64_t window);
/* Notes a request that ended `at`: an answer with its latency, or (latency 0) a failure. `into` is the window's begin. */
void bench_result_note(struct bench_result *result, enum bench_operation operation, uint64_t latency, uint64_t into, bool failed);

/* What has been written, as far as it is known: for each record the versions that a read may show. Shared by all processes of
   a run, so that each can check what another wrote. Values follow from name space, number, field and version, so the ledger keeps only
   versions. */
struct bench_ledger;
/* In the file that bench_ledger_descriptor answers; pages come into being as records do. Null with errno when it cannot be made. */
struct bench_ledger *bench_ledger_create(uint64_t capacity, uint32_t fields);
int bench_ledger_descriptor(const struct bench_ledger *ledger);
/* The same ledger in another process; null with errno. */
struct bench_ledger *bench_ledger_open(const char *path);
void bench_ledger_close(struct bench_ledger *ledger);
/* Records that were acknowledged; those whose insert has an unknown outcome. */
void bench_ledger_count(const struct bench_ledger *ledger, uint64_t *present, uint64_t *possible);
/* Requests answered so far, of all processes; for progress. */
uint64_t bench_ledger_answered(const struct bench_ledger *ledger);
/* How often more writes of one record than are kept apart had an unknown outcome: older versions of it were let pass since. */
uint64_t bench_ledger_blurred(const struct bench_ledger *ledger);
/* From now on the first success is waited for; answers the mark's number. After BENCH_MARKS of them none is waited for any more. */
enum { BENCH_MARKS = 4096 };
uint32_t bench_ledger_mark(struct bench_ledger *ledger);
/* When the first request that began after the mark succeeded, bench_now's time; 0: none yet. */
uint64_t bench_ledger_first_success(const struct bench_ledger *ledger, uint32_t mark);

/* What a load asks for. Every reply is compared with what must come. */
enum bench_workload {
    BENCH_ECHO = 0,       /* a ping's frame, which must come back as it is */
    BENCH_PING = 1,       /* ping */
    BENCH_GET = 2,        /* getOne by id */
    BENCH_CREATE = 3,     /* save of a new record whose id is generated here */
    BENCH_REDIS_PING = 4, /* PING in redis' inline form */
    BENCH_MIX = 5,        /* operations, keys and values as a mix says, checked with a ledger */
    BENCH_REGISTERS = 6,  /* single records that are created, read, updated and deleted, every request kept for a checker */
    BENCH_STORM = 7       /* connect, hello, ping, close, again and again; `clients` at a time */
};

enum bench_keys { BENCH_UNIFORM, BENCH_ZIPFIAN, BENCH_LATEST };
enum { BENCH_MAX_FIELDS = 16, BENCH_LEAST_FIELD_BYTES = 24, BENCH_MOST_SCAN = 100 };

/* A workload on records of `fields` fields: which operations, shares of 1000, on which keys. */
struct bench_mix {
    uint32_t shares[BENCH_OPERATIONS];
    enum bench_keys keys;
    uint32_t fields, field_bytes;
    uint32_t scan_records; /* a scan asks for 1 to as many, BENCH_MOST_SCAN at most */
    bool custom_id;        /* the repository's ids are the caller's */
};

/* Ids 0 to 127 are one byte in MessagePack, and 128 in flight is what a daemon allows unless configured otherwise. */
enum { BENCH_MAX_DEPTH = 128 };

struct bench_load {
    enum bench_workload workload;
    const char *socket_path;
    uint32_t clients, depth;            /* connections of this process, and requests in flight on each */
    uint64_t warm_up, window;           /* nanoseconds: unmeasured, then measured */
    uint64_t requests;                  /* when not 0: send as many, however long it takes, and measure all of them */
    double rate;                        /* when not 0: an open loop of as many requests a second, each with its intended start */
    uint64_t deadline_milliseconds;     /* of each request of a mix; 0: the daemon's own */
    bool tolerant;                      /* errors and lost connections are counted, not fatal; wrong answers always are */
    const char *repository;             /* of get, create and mix */
    uint64_t name_space;                /* record n of a name space has an id and a body that follow from the two */
    uint64_t records;                   /* get and mix: asks for records 0 to records-1 */
    bool in_order;                      /* get: one after the other instead of at random */
    uint32_t body_bytes;                /* of each record of get and create */
    struct bench_mix mix;
    struct bench_ledger *ledger;        /* of mix */
    const char *history;                /* of registers: the file that takes what happened, struct bench_event after struct bench_event */
    uint32_t process;                   /* of registers: which of the processes this is, so that no two write the same value */
};

/* One request of registers: what was asked, what came of it, and when. */
enum bench_event_kind { BENCH_EVENT_READ, BENCH_EVENT_CREATE, BENCH_EVENT_UPDATE, BENCH_EVENT_SWAP, BENCH_EVENT_DELETE };
/* Done: found, or written. Refused: not found, or there already. Unknown: a write that may have happened, or may yet. */
enum bench_event_outcome { BENCH_EVENT_DONE, BENCH_EVENT_REFUSED, BENCH_EVENT_UNKNOWN };
struct bench_event {
    uint64_t record;
    uint64_t invoked, returned; /* bench_now's time; `returned` means nothing when the outcome is unknown */
    int64_t value, expected;    /* what was read or written; what a swap asked to be there before */
    uint32_t kind, outcome;
};

/* A load generator: its connections stand and have shaken hands when prepare answers; run can then start at once. */
struct bench_generator;
struct bench_generator *bench_generator_prepare(const struct bench_load *load, struct bench_failure *failure);
bool bench_generator_run(struct bench_generator *generator, struct bench_result *result, struct bench_failure *failure);
void bench_generator_free(struct bench_generator *generator);

/* The same load on a server without Sluice, by the server's own driver: each connection is a thread that makes one blocking call after the
   other. `socket_path` is where: mongodb://…, dynamodb+http://…, postgresql://… or sqlite:PATH. Of a mix they know reads, inserts,
   updates and read-modify-writes. */
struct bench_peer;
bool bench_is_peer(const char *place);
struct bench_peer *bench_peer_prepare(const struct bench_load *load, struct bench_failure *failure);
bool bench_peer_run(struct bench_peer *peer, struct bench_result *result, struct bench_failure *failure);
void bench_peer_free(struct bench_peer *peer);
/* Makes an empty table or collection, in the place of one there may be. */
bool bench_peer_define(const struct bench_load *load, struct bench_failure *failure);
/* Reads every record that was begun and counts what is there: as bench_walk. */
bool bench_peer_walk(const struct bench_load *load, uint64_t *count, struct bench_failure *failure);

/* The storm, which has no connections that stand; and clients that ask for all records of a mix and read `bytes_per_second` each. Both end
   with the window. */
bool bench_storm_run(const struct bench_load *load, struct bench_result *result, struct bench_failure *failure);
bool bench_slow_readers_run(
    const struct bench_load *load, uint32_t bytes_per_second, struct bench_result *result, struct bench_failure *failure);

/* Record n of a name space, for those who write it without Sluice. `id` takes 25 bytes with its NUL, `body` body_bytes without one. */
void bench_record_id(uint64_t name_space, uint64_t number, char *id);
void bench_record_body(uint64_t name_space, uint64_t number, char *body, uint32_t body_bytes);

/* One connection, one request, one reply, waited for. The repository that get and create work on has
   no index; to define it again is harmless. */
bool bench_define(const char *socket_path, const char *repository, bool custom_id, struct bench_failure *failure);
bool bench_count(const char *socket_path, const char *repository, uint64_t *count, struct bench_failure *failure);

/* Deletes every record of a repository. */
bool bench_empty(const char *socket_path, const char *repository, struct bench_failure *failure);
/* Walks over all records of a repository, page by page: each must be one that the ledger allows, none may come twice, and none
   that was acknowledged may be missing. Answers how many there are. */
bool bench_walk(const struct bench_load *load, uint64_t *count, struct bench_failure *failure);
/* What the daemon says of itself (the operation stats), as JSON with numbers, names and nesting only: `size` bytes of room. */
bool bench_stats(const char *socket_path, char *json, size_t size, struct bench_failure *failure);

/* Connects this many clients that say hello, read their welcome and then nothing. They stay connected while the process lives. */
bool bench_connect_idle_clients(const char *socket_path, uint32_t clients, struct bench_failure *failure);

/* Can a client connect there now? */
bool bench_is_listening(const char *socket_path);
bool bench_is_listening_on(uint16_t port);
/* A port of 127.0.0.1 that nobody has now, of those that the system does not give out by itself: between here and a server's start it could
   become anybody's. 0 when there is none. */
uint16_t bench_free_port(void);

/* The bare epoll echo server: one thread, and for all that is ready on a client one read and one write. Comes back only when it failed. */
void bench_echo_serve(const char *socket_path, struct bench_failure *failure);
/* The same with a worker: what is read goes to another thread by an eventfd, and back by another one, before it is written. */
void bench_echo_serve_hop(const char *socket_path, struct bench_failure *failure);
/* Passes what comes to a port of 127.0.0.1 on to another one `delay` nanoseconds later, and what is answered at once: a server that is
   further away. Comes back only when it failed. */
void bench_relay_serve(uint16_t port, uint16_t server, uint64_t delay, struct bench_failure *failure);

/* Starts a program that dies with this thread. Descriptors become its 0, 1 and 2 (-1: inherited); `processors`
   is a mask of where it may run (0: anywhere). */
pid_t bench_spawn(char *const arguments[], const int descriptors[3], uint64_t processors, struct bench_failure *failure);
/* The processors that this program may use, as a mask; those past the 64th are left out. */
uint64_t bench_processors(void);
/* waitpid(2), with the processor time that the child used in its life, nanoseconds: 1 when it has ended, 0
   when it has not, -1 when there is no such child. */
int bench_reap(pid_t process, int options, int *status, uint64_t *processor);
/* Processor time that another process has used, all its threads, nanoseconds; 0 when it is gone. */
uint64_t bench_process_time(pid_t process);
uint64_t bench_now(void);

/* What is taken from processors that never rest, all that this process may use at once: the share of time (0 to 1) in pieces of 50 us and
   more, and the longest of them, nanoseconds. */
struct bench_stalls {
    double share;
    uint64_t longest;
};
struct bench_stalls bench_measure_stalls(uint64_t nanoseconds);
/* From now on SIGINT and SIGTERM only interrupt what blocks (EINTR) and make this true; SIGPIPE is ignored. */
void bench_catch_interrupts(void);
bool bench_interrupted(void);
/* Was SIGUSR1 sent since this was asked last? It tells a generator to cut all of its connections. */
bool bench_take_cut(void);

/* Is what is written there kept in memory only (tmpfs, ramfs)? -1 with errno when it cannot be told. */
int bench_is_memory_filesystem(const char *path);
/* Writes 4 KiB and calls fdatasync again and again: how often a second. Appending makes the file system note the new size
   each time; overwriting, which is what SQLite does to its journal most of the time, does not, and can be twice as fast. A
   negative number with errno when a call fails. */
double bench_sync_rate(const char *file_path, bool overwrites, uint64_t nanoseconds);

#endif
