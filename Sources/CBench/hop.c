/* The echo server with a worker: what is read on the loop's thread goes to another thread and comes back before it is written, each way
   by a list under a lock and an eventfd (eventfd(2)). It is what a daemon whose drivers block cannot do without. */
#define _GNU_SOURCE
#include "echo.h"
#include "failure.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_EVENTS = 256, JOB_BYTES = 4096, QUEUE_JOBS = 512 };

/* The bytes of one client on their way. */
struct job {
    int client;
    ssize_t size;
    char bytes[JOB_BYTES];
};

/* Jobs from one thread to the other; the eventfd is written when the first one comes. */
struct handover {
    pthread_mutex_t lock;
    int wake_up;
    uint32_t first, count;
    struct job *jobs[QUEUE_JOBS];
};

static struct job jobs[QUEUE_JOBS];
static struct job *idle_jobs[QUEUE_JOBS]; /* the loop's own */
static uint32_t idle_count;
static struct handover to_worker = {.lock = PTHREAD_MUTEX_INITIALIZER}, to_loop = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void give(struct handover *handover, struct job *job) {
    pthread_mutex_lock(&handover->lock);
    handover->jobs[(handover->first + handover->count) % QUEUE_JOBS] = job;
    bool was_empty = handover->count++ == 0;
    pthread_mutex_unlock(&handover->lock);
    uint64_t one = 1;
    if (was_empty && write(handover->wake_up, &one, sizeof one) < 0) _exit(1);
}

static struct job *take(struct handover *handover) {
    struct job *job = 0;
    pthread_mutex_lock(&handover->lock);
    if (handover->count > 0) {
        job = handover->jobs[handover->first];
        handover->first = (handover->first + 1) % QUEUE_JOBS;
        handover->count--;
    }
    pthread_mutex_unlock(&handover->lock);
    return job;
}

/* Blocks in read(2) until a job comes, as a worker with a blocking driver does. */
static void *work(void *nothing) {
    uint64_t count;
    while (read(to_worker.wake_up, &count, sizeof count) > 0 || errno == EINTR) {
        struct job *job;
        while ((job = take(&to_worker))) give(&to_loop, job);
    }
    return nothing;
}

/* A client with bytes for which no job is idle stays readable, and has its turn in the next round. */
static void receive(int client) {
    if (idle_count == 0) return;
    struct job *job = idle_jobs[idle_count - 1];
    job->client = client;
    job->size = read(client, job->bytes, sizeof job->bytes);
    if (job->size < 0 && errno == EAGAIN) return;
    if (job->size <= 0) {
        close(client);
        return;
    }
    idle_count--;
    give(&to_worker, job);
}

/* A client that went meanwhile has closed its end; its number is taken again only by one accepted later, whose echo is then wrong and
   noticed. The benchmark's clients stay until all is answered. */
static void answer_all(void) {
    uint64_t count;
    struct job *job;
    if (read(to_loop.wake_up, &count, sizeof count) < 0) return;
    while ((job = take(&to_loop))) {
        if (send(job->client, job->bytes, (size_t)job->size, MSG_NOSIGNAL) != job->size) shutdown(job->client, SHUT_RDWR);
        idle_jobs[idle_count++] = job;
    }
}

void bench_echo_serve_hop(const char *socket_path, struct bench_failure *failure) {
    int listener = echo_listen(socket_path, failure);
    if (listener < 0) return;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    to_worker.wake_up = eventfd(0, EFD_CLOEXEC);
    to_loop.wake_up = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    for (idle_count = 0; idle_count < QUEUE_JOBS; idle_count++) idle_jobs[idle_count] = &jobs[idle_count];
    pthread_t worker;
    if (epoll < 0 || to_worker.wake_up < 0 || !echo_watch(epoll, listener) || !echo_watch(epoll, to_loop.wake_up) ||
        pthread_create(&worker, 0, work, 0) != 0) {
        bench_fail(failure, "epoll, eventfd or a thread: %s", strerror(errno));
        return;
    }
    struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int ready = epoll_wait(epoll, events, MAX_EVENTS, -1);
        for (int index = 0; index < ready; index++) {
            int descriptor = events[index].data.fd;
            if (descriptor == listener) echo_accept_all(epoll, listener);
            else if (descriptor == to_loop.wake_up) answer_all();
            else receive(descriptor);
        }
    }
}
