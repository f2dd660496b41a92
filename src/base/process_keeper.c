/* The keeper's own side. It runs in a copy of perfbudget made by fork, perhaps among threads, so it
 * makes only system calls, and it allocates nothing. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/process_parts.h"

enum {
    NOT_FOUND = 127,     /* the status a shell gives; nobody sees it */
    TIMER_SLACK = 50000, /* nanoseconds, the kernel's default: process_setup made ours smaller */
    DESCRIPTORS_MAX = 65536, /* closed one by one where the kernel has no close_range */
    STREAMS = 3,
    OUTPUTS = 2,
    STATUS_ROOM = 8192,
    KIBIBYTE = 1024,
};

struct keep {
    struct keeper_board *board;
    int socket;
    int outputs[2]; /* that last from command to command; -1: none */
    pid_t child;    /* 0: none, or reaped */
    int counter;    /* -1: nothing is counted */
    bool outlived;  /* others go on: perfbudget says when they are to be ended */
};

/* In the child, which shares the keeper's memory until exec. */
static _Noreturn void child_fail(struct keeper_board *board, enum start_step step) {
    board->error = errno;
    board->step = step;
    _exit(NOT_FOUND);
}

static bool child_apply(const struct process_hygiene *hygiene) {
    if (hygiene->cpus && sched_setaffinity(0, sizeof hygiene->set, &hygiene->set) != 0)
        return false;
    if (hygiene->niced && setpriority(PRIO_PROCESS, 0, hygiene->nice) != 0) return false;
    return !hygiene->aslr_off || personality(ADDR_NO_RANDOMIZE) != -1;
}

/* The keeper has only descriptors that exec closes, and only standard signals but for SIGCHLD,
 * which exec resets. */
static _Noreturn void child_run(struct keeper_board *board, const int *streams) {
    sigset_t none;
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    for (int i = 0; i < STREAMS; i++)
        if (dup2(streams[i], i) < 0) child_fail(board, STEP_DUP);
    if (board->directory && chdir(board->directory) != 0) child_fail(board, STEP_CHDIR);
    if (!child_apply(&board->hygiene)) child_fail(board, STEP_APPLY);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(board->program, board->argv, board->environment);
    child_fail(board, STEP_EXECVE);
}

static void say(const struct keep *keep, enum keeper_word word) {
    char byte = (char)word;
    while (send(keep->socket, &byte, 1, MSG_NOSIGNAL) < 0 && errno == EINTR) {
    }
}

/* Of the run at hand. */
static struct keeper_record *record_of(struct keeper_board *board) {
    return &board->records[board->done];
}

static void count_begin(struct keep *keep) {
    struct keeper_record *record = record_of(keep->board);
    record->count_error = 0;
    if (keep->board->counter == PROCESS_COUNTS_NOTHING) return;
    keep->counter = counter_open(keep->board->counter);
    if (keep->counter < 0) record->count_error = errno;
}

static void count_end(struct keep *keep) {
    struct keeper_record *record = record_of(keep->board);
    if (keep->counter < 0) return;
    record->count_error = counter_close(keep->counter, &record->count);
    keep->counter = -1;
}

static void start(struct keep *keep, const int *streams) {
    struct keeper_board *board = keep->board;
    board->error = 0;
    count_begin(keep);
    board->started = clock_now();
    pid_t pid = vfork();
    if (pid == 0) child_run(board, streams);
    if (pid < 0) {
        board->error = errno;
        board->step = STEP_FORK;
    }
    if (board->error && pid > 0)
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
    if (board->error) count_end(keep);
    if (board->error) say(keep, KEEPER_FAILED);
    keep->child = board->error ? 0 : pid;
}

/* Orphans that ended are reaped at once, as init would; the command itself is left. */
static void orphans_reap(const struct keep *keep) {
    siginfo_t info = {0};
    while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 && info.si_pid > 0 &&
           info.si_pid != keep->child) {
        waitpid(info.si_pid, NULL, WNOHANG | __WALL);
        info.si_pid = 0;
    }
}

/* Once the command is reaped: whoever is a child now was left by it, as orphans are given to the
 * keeper before their parent can be waited for. */
static bool others_live(void) {
    pid_t reaped;
    do reaped = waitpid(-1, NULL, WNOHANG | __WALL);
    while (reaped > 0 || (reaped < 0 && errno == EINTR));
    return reaped == 0;
}

/* Copies the descriptors that came along. False when they are not `count`. */
static bool descriptors_take(struct msghdr *message, int *descriptors, int count) {
    struct cmsghdr *head = CMSG_FIRSTHDR(message);
    size_t size = (size_t)count * sizeof(int);
    if (count == 0) return !head;
    if (!head || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(size)) return false;
    memcpy(descriptors, CMSG_DATA(head), size);
    return true;
}

/* What the last command made of the outputs that this one gets too: waiting is what is usual. */
static void outputs_reset(const struct keep *keep, int *streams) {
    for (int i = 0; i < OUTPUTS; i++) {
        streams[i + 1] = keep->outputs[i];
        fcntl(keep->outputs[i], F_SETFL, 0);
    }
}

static void outputs_keep(struct keep *keep, const int *streams) {
    for (int i = 0; i < OUTPUTS; i++) {
        if (keep->outputs[i] >= 0) close(keep->outputs[i]);
        keep->outputs[i] = streams[i + 1];
    }
}

/* Nobody has printed anything that perfbudget has not read yet. */
static bool outputs_are_empty(const struct keep *keep) {
    for (int i = 0; i < OUTPUTS; i++) {
        int bytes;
        if (ioctl(keep->outputs[i], FIONREAD, &bytes) != 0 || bytes > 0) return false;
    }
    return true;
}

/* Whether the next run begins at once. Outputs are looked at first: perfbudget says `enough` before
 * it reads from them. */
static bool goes_on(const struct keep *keep, const struct keeper_record *record) {
    const struct keeper_board *board = keep->board;
    const struct process_repeat *repeat = &board->repeat;
    return board->done < repeat->most && board->outputs_last && WIFEXITED(record->status) &&
           WEXITSTATUS(record->status) == repeat->status && record->count_error == 0 &&
           record->ended < repeat->begin_by && outputs_are_empty(keep) &&
           !atomic_load(&board->enough);
}

static void finish(struct keep *keep) {
    struct keeper_board *board = keep->board;
    board->leftovers = keep->outlived ? process_sweep() : 0;
    board->floor = board->want_floor ? process_peak() : (double)NAN;
    keep->outlived = false;
    say(keep, KEEPER_OVER);
}

static void next(struct keep *keep, const struct keeper_record *record) {
    int streams[STREAMS] = {STDIN_FILENO, -1, -1};
    keep->outlived = others_live();
    if (keep->outlived) {
        say(keep, KEEPER_ENDED);
    } else if (goes_on(keep, record)) {
        outputs_reset(keep, streams);
        start(keep, streams);
    } else {
        finish(keep);
    }
}

static void children_check(struct keep *keep) {
    struct keeper_board *board = keep->board;
    struct keeper_record *record = record_of(board);
    pid_t reaped = wait4(keep->child, &record->status, WNOHANG | __WALL, &record->usage);
    uint64_t now = clock_now();
    if (reaped != keep->child) {
        orphans_reap(keep);
        return;
    }
    record->started = board->started;
    record->ended = now;
    count_end(keep);
    keep->child = 0;
    board->done++;
    next(keep, record);
}

/* Puts together the three streams of the command and starts it. */
static void start_with(struct keep *keep, struct msghdr *message) {
    const struct keeper_board *board = keep->board;
    int came[STREAMS] = {-1, -1, -1}, streams[STREAMS] = {STDIN_FILENO, -1, -1};
    int inputs = board->new_input ? 1 : 0, outputs = board->new_outputs ? OUTPUTS : 0;
    if (!descriptors_take(message, came, inputs + outputs)) {
        keep->board->step = STEP_DUP;
        keep->board->error = EMFILE;
        say(keep, KEEPER_FAILED);
        return;
    }
    if (inputs) streams[0] = came[0];
    for (int i = 0; i < outputs; i++) streams[i + 1] = came[inputs + i];
    if (!outputs) outputs_reset(keep, streams);
    start(keep, streams);
    if (inputs) close(came[0]);
    if (outputs && board->outputs_last) outputs_keep(keep, streams);
    for (int i = 0; outputs && !board->outputs_last && i < OUTPUTS; i++) close(streams[i + 1]);
}

static void word_act(struct keep *keep, char word, struct msghdr *message) {
    switch ((enum keeper_word)word) {
    case KEEPER_START:
        start_with(keep, message);
        return;
    case KEEPER_ASK:
        if (keep->child > 0) kill(-keep->child, SIGTERM);
        /* A stopped process does not hear SIGTERM. */
        if (keep->child > 0) kill(-keep->child, SIGCONT);
        return;
    case KEEPER_KILL:
        if (keep->child > 0) kill(-keep->child, SIGKILL);
        return;
    case KEEPER_FINISH:
        if (keep->outlived) finish(keep);
        return;
    case KEEPER_FAILED:
    case KEEPER_ENDED:
    case KEEPER_OVER:
        return;
    }
}

/* False at the end of the socket: perfbudget is gone. */
static bool word_hear(struct keep *keep) {
    char word = 0;
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(STREAMS * sizeof(int))];
    } control;
    struct iovec part = {.iov_base = &word, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t got = recvmsg(keep->socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    word_act(keep, word, &message);
    return true;
}

static void on_child(int number) {
    (void)number; /* it only ends ppoll */
}

static void descriptors_close(int socket) {
    for (int i = 0; i < STREAMS; i++) close(i);
    int input = open("/dev/null", O_RDONLY); /* 0, which commands without input inherit */
    int output = open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)input;
    dup2(output, STDERR_FILENO);
#ifdef SYS_close_range
    bool below = socket == STREAMS || syscall(SYS_close_range, STREAMS, socket - 1, 0) == 0;
    if (below && syscall(SYS_close_range, socket + 1, ~0u, 0) == 0) return;
#endif
    struct rlimit limit = {.rlim_cur = DESCRIPTORS_MAX};
    getrlimit(RLIMIT_NOFILE, &limit);
    rlim_t last = limit.rlim_cur < DESCRIPTORS_MAX ? limit.rlim_cur : DESCRIPTORS_MAX;
    for (int i = STREAMS; i < (int)last; i++)
        if (i != socket) close(i);
}

/* Standard signals but for the two below, so that a command inherits none; out of reach of what is
 * sent to perfbudget's group or by its name. */
static void keeper_settle(int socket) {
    struct sigaction standard = {.sa_handler = SIG_DFL}, noticed = {.sa_handler = on_child};
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
    sigaction(SIGCHLD, &noticed, NULL);
    setsid();
    prctl(PR_SET_NAME, "pb-keeper", 0, 0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    prctl(PR_SET_TIMERSLACK, TIMER_SLACK, 0, 0, 0);
    descriptors_close(socket);
    int reset = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (reset >= 0) {
        ssize_t ignored = write(reset, "5", 1); /* VmHWM from now on (proc(5)) */
        (void)ignored;
        close(reset);
    }
}

_Noreturn void keeper_work(struct keeper_board *board, int socket) {
    keeper_settle(socket);
    struct keep keep = {.board = board, .socket = socket, .outputs = {-1, -1}, .counter = -1};
    sigset_t waiting;
    sigfillset(&waiting);
    sigdelset(&waiting, SIGCHLD);
    for (;;) {
        struct pollfd poll = {.fd = socket, .events = POLLIN};
        int ready = ppoll(&poll, 1, NULL, &waiting);
        if (keep.child > 0) children_check(&keep);
        if (ready > 0 && !word_hear(&keep)) break;
    }
    process_sweep();
    if (*board->group) cgroup_leave(board->group, board->home);
    _exit(0);
}

double process_peak(void) {
    char status[STATUS_ROOM];
    int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (file < 0) return (double)NAN;
    ssize_t length = read(file, status, sizeof status - 1);
    close(file);
    if (length <= 0) return (double)NAN;
    status[length] = '\0';
    const char *at = strstr(status, "\nVmHWM:");
    if (!at) return (double)NAN;
    double kibibytes = 0;
    for (at += strlen("\nVmHWM:"); *at == ' ' || *at == '\t'; at++) {
    }
    for (; *at >= '0' && *at <= '9'; at++) kibibytes = kibibytes * 10 + (*at - '0');
    return kibibytes * KIBIBYTE;
}
