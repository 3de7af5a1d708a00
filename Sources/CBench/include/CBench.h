/* The parts of the benchmark that would be measured along if they were slow: the load generator, the bare echo server it
   is compared with, and the few system calls that Swift cannot make (fork, variadic prctl). Everything here is used by
   one thread; nothing is freed but by its _free. */
#ifndef SLUICE_CBENCH_H
#define SLUICE_CBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Why a call answered false, null or -1: one sentence for a person. */
struct bench_failure {
    char message[256];
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

/* What a run came to. It crosses a pipe as its bytes, from one process of this program to another, so it holds no pointer. */
struct bench_result {
    uint64_t answered;        /* replies in the measured window */
    uint64_t answered_in_all; /* replies in the whole run, warm-up and the end included */
    uint64_t window;          /* length of the measured window, nanoseconds */
    uint64_t processor;       /* processor time of the generator in that window, nanoseconds */
    struct bench_histogram latency;
};
struct bench_result *bench_result_new(void);
void bench_result_free(struct bench_result *result);
/* Adds what another process of the same run reported: counts add up, the window is the longest. */
void bench_result_merge(struct bench_result *into, const struct bench_result *other);

/* What a load asks for. Every reply is compared with what must come. */
enum bench_workload {
    BENCH_ECHO = 0,      /* a ping's frame, which must come back as it is */
    BENCH_PING = 1,      /* ping */
    BENCH_GET = 2,       /* getOne by id */
    BENCH_CREATE = 3,    /* save of a new record whose id is generated here */
    BENCH_REDIS_PING = 4 /* PING in redis' inline form */
};

/* Ids 0 to 127 are one byte in MessagePack, and 128 in flight is what a daemon allows unless configured otherwise. */
enum { BENCH_MAX_DEPTH = 128 };

struct bench_load {
    enum bench_workload workload;
    const char *socket_path;
    uint32_t clients, depth;            /* connections of this process, and requests in flight on each */
    uint64_t warm_up, window;           /* nanoseconds: unmeasured, then measured */
    uint64_t requests;                  /* when not 0: send as many, however long it takes, and measure all of them */
    const char *repository;             /* of get and create */
    uint64_t name_space;                /* record n of a name space has an id and a body that follow from the two */
    uint64_t records;                   /* get: asks for records 0 to records-1 */
    bool in_order;                      /* get: one after the other instead of at random */
    uint32_t body_bytes;                /* of each record */
};

/* A load generator: its connections stand and have shaken hands when prepare answers; run can then start at once. */
struct bench_generator;
struct bench_generator *bench_generator_prepare(const struct bench_load *load, struct bench_failure *failure);
bool bench_generator_run(struct bench_generator *generator, struct bench_result *result, struct bench_failure *failure);
void bench_generator_free(struct bench_generator *generator);

/* Record n of a name space, for those who write it without Sluice. `id` takes 25 bytes with its NUL, `body` body_bytes without one. */
void bench_record_id(uint64_t name_space, uint64_t number, char *id);
void bench_record_body(uint64_t name_space, uint64_t number, char *body, uint32_t body_bytes);

/* One connection, one request, one reply, waited for. The repository that get and create work on has
   no index; to define it again is harmless. */
bool bench_define(const char *socket_path, const char *repository, struct bench_failure *failure);
bool bench_count(const char *socket_path, const char *repository, uint64_t *count, struct bench_failure *failure);

/* Connects this many clients that say hello, read their welcome and then nothing. They stay connected while the process lives. */
bool bench_connect_idle_clients(const char *socket_path, uint32_t clients, struct bench_failure *failure);

/* Can a client connect there now? */
bool bench_is_listening(const char *socket_path);

/* The bare epoll echo server: one thread, and for all that is ready on a client one read and one write. Comes back only when it failed. */
void bench_echo_serve(const char *socket_path, struct bench_failure *failure);
/* The same with a worker: what is read goes to another thread by an eventfd, and back by another one, before it is written. */
void bench_echo_serve_hop(const char *socket_path, struct bench_failure *failure);

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
/* From now on SIGINT and SIGTERM only interrupt what blocks (EINTR) and make this true; SIGPIPE is ignored. */
void bench_catch_interrupts(void);
bool bench_interrupted(void);

/* Is what is written there kept in memory only (tmpfs, ramfs)? -1 with errno when it cannot be told. */
int bench_is_memory_filesystem(const char *path);
/* Writes 4 KiB and calls fdatasync again and again: how often a second. Appending makes the file system note the new size
   each time; overwriting, which is what SQLite does to its journal most of the time, does not, and can be twice as fast. A
   negative number with errno when a call fails. */
double bench_sync_rate(const char *file_path, bool overwrites, uint64_t nanoseconds);

#endif
