/* What is done once, before the first child; and how the end of one is told. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/process_parts.h"

/* The wrong way round: what would read standard input or write standard output must notice. */
static void descriptors_reopen(void) {
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
        if (fcntl(i, F_GETFD) >= 0 || errno != EBADF) continue;
        int opened = open("/dev/null", (i == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_NOCTTY);
        (void)opened; /* the lowest free number, which is i */
    }
}

void process_setup(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL}, ignored = {.sa_handler = SIG_IGN};
    sigset_t none;
    descriptors_reopen();
    sigaction(SIGCHLD, &standard, NULL);
    sigaction(SIGPIPE, &ignored, NULL);
    sigaction(SIGXFSZ, &ignored, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
}

void process_prepare(void) {
    keeper_get(); /* process_run says what goes wrong */
}

const char *process_end_text(struct arena *arena, const struct process_result *result) {
    const char *name;
    switch (result->end) {
    case PROCESS_EXITED:
        return text_format(arena, "exit status %d", result->status);
    case PROCESS_SIGNALLED:
        name = sigabbrev_np(result->status);
        if (!name) return text_format(arena, "signal %d", result->status);
        return text_format(arena, "signal %d (SIG%s)", result->status, name);
    case PROCESS_TIMED_OUT:
        return "timed out";
    case PROCESS_CANCELLED:
        return "cancelled";
    case PROCESS_NOT_STARTED:
        break;
    }
    bool itself = text_equal(result->failed_step, "execve");
    return text_format(arena, "could not start: %s%s%s", itself ? "" : result->failed_step,
                       itself ? "" : ": ", strerror(result->status));
}
