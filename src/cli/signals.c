#include "cli/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "base/array.h"
#include "base/ending.h"
#include "base/process.h"

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};

/* A handler can reach nothing else. */
static int pipe_ends[2] = {-1, -1};

static void on_signal(int number) {
    int saved = errno;
    if (ending_asked()) {
        process_end_all();
        _exit(128 + number);
    }
    ending_ask(number);
    ssize_t ignored = write(pipe_ends[1], "", 1);
    (void)ignored;
    errno = saved;
}

int signals_catch(void) {
    if (pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < array_length(ending); i++) {
        struct sigaction inherited;
        sigaction(ending[i], NULL, &inherited);
        if (inherited.sa_handler == SIG_IGN && ending[i] == SIGHUP) continue; /* nohup */
        sigaction(ending[i], &action, NULL);
    }
    return pipe_ends[0];
}

void signals_raise(int number) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
    raise(number);
}
