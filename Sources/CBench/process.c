/* Child processes: calls that Swift cannot make, or not safely between fork and exec. */
#define _GNU_SOURCE
#include "failure.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

uint64_t bench_processors(void) {
    cpu_set_t set;
    uint64_t processors = 0;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    for (int processor = 0; processor < 64; processor++) processors |= (uint64_t)(CPU_ISSET(processor, &set) != 0) << processor;
    return processors;
}

static bool restrict_to(uint64_t processors) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int processor = 0; processor < 64; processor++) {
        if (processors >> processor & 1) CPU_SET(processor, &set);
    }
    return sched_setaffinity(0, sizeof set, &set) == 0;
}

/* Between fork and exec: only what is async-signal-safe. The parent may have died before prctl, hence the look at getppid. A group of its
   own keeps Ctrl-C away from the child: the parent ends it, in order. */
_Noreturn static void become(char *const arguments[], const int descriptors[3], uint64_t processors, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
    if (processors && !restrict_to(processors)) _exit(126);
    for (int target = 0; target < 3; target++) {
        if (descriptors[target] >= 0) dup2(descriptors[target], target);
    }
    execvp(arguments[0], arguments);
    _exit(127);
}

pid_t bench_spawn(char *const arguments[], const int descriptors[3], uint64_t processors, struct bench_failure *failure) {
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) become(arguments, descriptors, processors, parent);
    if (child < 0) bench_fail(failure, "fork: %s", strerror(errno));
    return child;
}

int bench_reap(pid_t process, int options, int *status, uint64_t *processor) {
    struct rusage usage;
    pid_t reaped = wait4(process, status, options, &usage);
    if (reaped != process) return reaped < 0 && errno == ECHILD ? -1 : 0;
    uint64_t seconds = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
    uint64_t microseconds = (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    *processor = seconds * 1000000000ull + microseconds * 1000;
    return 1;
}
