/* Signals: whoever asks for an end is heard, and whoever wants connections cut. Handlers only take a note. */
#define _GNU_SOURCE
#include "CBench.h"

#include <signal.h>

static volatile sig_atomic_t interrupted, is_cut;

static void note_interrupt(int signal_number) {
    (void)signal_number;
    interrupted = 1;
}

static void note_cut(int signal_number) {
    (void)signal_number;
    is_cut = 1;
}

bool bench_take_cut(void) {
    bool was_cut = is_cut;
    is_cut = 0;
    return was_cut;
}

void bench_catch_interrupts(void) {
    struct sigaction action = {.sa_handler = note_interrupt}, cut = {.sa_handler = note_cut};
    sigset_t caught;
    sigemptyset(&caught);
    for (int index = 0; index < 3; index++) sigaddset(&caught, (int[]){SIGINT, SIGTERM, SIGUSR1}[index]);
    sigprocmask(SIG_UNBLOCK, &caught, 0); /* whoever started this may have had them blocked */
    sigaction(SIGUSR1, &cut, 0);
    sigaction(SIGINT, &action, 0);
    sigaction(SIGTERM, &action, 0);
    signal(SIGPIPE, SIG_IGN);
}

bool bench_interrupted(void) { return interrupted; }
