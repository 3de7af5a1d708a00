/*
 * Stands in for systemd in the tests: binds a Unix socket, keeps the listener, and starts a daemon with it (sd_listen_fds(3)) as often as
 * the last one has ended. systemd-socket-activate cannot do that: it becomes the daemon, and when that ends nothing listens.
 *
 *   listener-holder SOCKET PROGRAM [ARGUMENT ...]
 *
 * It says "started PID" and "ended STATUS" on standard output; the status is an exit code, or a signal's number below zero. When its
 * standard input ends it ends the daemon by SIGTERM and itself. A daemon that fails by itself is not started again: its exit code is the
 * holder's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* SD_LISTEN_FDS_START of sd_listen_fds(3). */
enum { FIRST = 3, BACKLOG = 4096, EXIT_NO_PROGRAM = 127 };

static void require(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "listener-holder: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static int listen_on(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    require(strlen(path) < sizeof address.sun_path, "a path that is too long");
    strcpy(address.sun_path, path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    require(listener >= 0, "socket");
    require(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, path);
    require(listen(listener, BACKLOG) == 0, "listen");
    return listener;
}

static pid_t start(int listener, char **command) {
    pid_t daemon = fork();
    require(daemon >= 0, "fork");
    if (daemon > 0) {
        dprintf(STDOUT_FILENO, "started %d\n", daemon);
        return daemon;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    char process[16];
    snprintf(process, sizeof process, "%d", getpid());
    setenv("LISTEN_PID", process, 1);
    setenv("LISTEN_FDS", "1", 1);
    /* dup2 of a descriptor to itself would leave it close-on-exec. */
    if (listener == FIRST) fcntl(FIRST, F_SETFD, 0);
    else dup2(listener, FIRST);
    execv(command[0], command);
    _exit(EXIT_NO_PROGRAM);
}

/* Waits for the daemon's end, and sees to it when standard input ends first. Answers whether it did. */
static int wait_for_end(pid_t daemon, int *status) {
    int end = (int)syscall(SYS_pidfd_open, daemon, 0);
    require(end >= 0, "pidfd_open");
    struct pollfd watched[] = {{.fd = end, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    while (poll(watched, 2, -1) < 0) require(errno == EINTR, "poll");
    int is_over = watched[1].revents != 0;
    if (is_over) kill(daemon, SIGTERM);
    int wait_status = 0;
    require(waitpid(daemon, &wait_status, 0) == daemon, "waitpid");
    close(end);
    *status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -WTERMSIG(wait_status);
    dprintf(STDOUT_FILENO, "ended %d\n", *status);
    return is_over;
}

int main(int count, char **arguments) {
    if (count < 3) {
        fprintf(stderr, "usage: listener-holder SOCKET PROGRAM [ARGUMENT ...]\n");
        return EXIT_FAILURE;
    }
    int listener = listen_on(arguments[1]);
    int status = 0;
    while (!wait_for_end(start(listener, arguments + 2), &status)) {
        if (status > 0) return status;
    }
    return status < 0 ? EXIT_FAILURE : status;
}
