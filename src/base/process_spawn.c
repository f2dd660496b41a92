/* Asks the keeper to let a command go. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process_streams.h"

/* Text for failed_step. */
static const char *const step_names[] = {[STEP_FORK] = "fork",
                                         [STEP_DUP] = "dup2",
                                         [STEP_CHDIR] = "chdir",
                                         [STEP_APPLY] = PROCESS_STEP_APPLY,
                                         [STEP_EXECVE] = "execve"};

/* One a thread, from its first command to process_leave; a handler for signals ends them like any
 * other child. */
static _Thread_local struct keeper the_keeper = {.socket = -1, .out = -1, .err = -1};
static _Thread_local pid_t keeper_owner;

/* The boards of all threads' keepers: what groups are to be removed at the end. */
enum { BOARDS_MAX = 64 };
static struct keeper_board *_Atomic boards[BOARDS_MAX];

static void board_swap(struct keeper_board *from, struct keeper_board *to) {
    for (size_t i = 0; i < BOARDS_MAX; i++) {
        struct keeper_board *expected = from;
        if (atomic_compare_exchange_strong(&boards[i], &expected, to)) return;
    }
}

static bool keeper_start(struct keeper *keeper) {
    int ends[2];
    void *board = mmap(NULL, sizeof *keeper->board, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (board == MAP_FAILED) return false;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        int failure = errno;
        munmap(board, sizeof *keeper->board);
        errno = failure;
        return false;
    }
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0) keeper_work(board, ends[1]);
    int failure = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    *keeper = (struct keeper){.pid = pid, .socket = ends[0], .board = board, .out = -1, .err = -1};
    board_swap(NULL, board);
    if (pid > 0) return true;
    keeper_drop(keeper);
    errno = failure;
    return false;
}

bool keeper_group(struct keeper *keeper) {
    struct keeper_board *board = keeper->board;
    if (!keeper->sought) {
        keeper->sought = true;
        keeper->arena = arena_new();
        keeper->grouped = cgroup_find(keeper->arena, &cgroup_system, &keeper->group);
    }
    keeper->grouped = keeper->grouped && cgroup_enter(&keeper->group, keeper->pid);
    if (!keeper->grouped) return false;
    memcpy(board->group, keeper->group.current, sizeof board->group);
    size_t length = strnlen(keeper->group.home, sizeof board->home - 1);
    memcpy(board->home, keeper->group.home, length);
    board->home[length] = '\0';
    return true;
}

/* After the end of all keepers: removes their groups. Async-signal-safe. */
static void keeper_clean(void) {
    for (size_t i = 0; i < BOARDS_MAX; i++) {
        const struct keeper_board *board = atomic_load(&boards[i]);
        if (board && *board->group) cgroup_leave(board->group, "");
    }
}

void process_end_all(void) {
    process_sweep();
    keeper_clean();
}

void keeper_drop(struct keeper *keeper) {
    if (keeper->socket >= 0) close(keeper->socket);
    if (keeper->out >= 0) close(keeper->out);
    if (keeper->err >= 0) close(keeper->err);
    if (keeper->arena) arena_free(keeper->arena);
    if (keeper->board) {
        board_swap(keeper->board, NULL);
        munmap(keeper->board, sizeof *keeper->board);
    }
    *keeper = (struct keeper){.socket = -1, .out = -1, .err = -1};
}

struct keeper *keeper_get(void) {
    if (keeper_owner != getpid()) {
        keeper_drop(&the_keeper); /* of the process that this one was forked from, if any */
        keeper_owner = getpid();
    }
    if (the_keeper.board || keeper_start(&the_keeper)) return &the_keeper;
    return NULL;
}

void process_leave(void) {
    pid_t pid = keeper_owner == getpid() ? the_keeper.pid : 0;
    keeper_drop(&the_keeper);
    keeper_owner = 0;
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

/* A copy on the board; NULL when it is full. */
static void *board_copy(struct keeper_board *board, const void *bytes, size_t length) {
    size_t at = (board->used + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
    if (at > KEEPER_ROOM || length > KEEPER_ROOM - at) return NULL;
    board->used = at + length;
    return bytes ? memcpy(board->room + at, bytes, length) : board->room + at;
}

static const char *board_text(struct keeper_board *board, const char *text) {
    return board_copy(board, text, strlen(text) + 1);
}

static char *const *board_texts(struct keeper_board *board, const char *const *texts) {
    size_t count = 0;
    while (texts[count]) count++;
    const char **copy = board_copy(board, NULL, (count + 1) * sizeof *copy);
    if (!copy) return NULL;
    for (size_t i = 0; i < count; i++)
        if (!(copy[i] = board_text(board, texts[i]))) return NULL;
    copy[count] = NULL;
    return (char *const *)copy;
}

static bool keeper_ask(struct keeper *keeper, const struct process_plan *plan,
                       const struct process_repeat *repeat, const char *program) {
    struct keeper_board *board = keeper->board;
    const char *const *environment =
        plan->environment ? plan->environment : (const char *const *)environ;
    board->used = 0;
    board->started = 0;
    board->done = 0;
    board->repeat = *repeat;
    atomic_store(&board->enough, false);
    board->hygiene = plan->hygiene;
    board->want_floor = plan->want_peak_rss;
    board->counter = plan->counter;
    board->directory = plan->directory ? board_text(board, plan->directory) : NULL;
    board->program = board_text(board, program);
    board->argv = board_texts(board, plan->argv);
    board->environment = board_texts(board, environment);
    return board->program && board->argv && board->environment &&
           (board->directory || !plan->directory);
}

static bool step_failed(struct process_result *result, const char *step, int error) {
    result->end = PROCESS_NOT_STARTED;
    result->status = error;
    result->failed_step = step;
    return false;
}

void process_spawn_failed(const struct keeper_board *board, struct process_result *result) {
    step_failed(result, step_names[board->step], board->error);
}

enum attempt { ATTEMPT_MADE, ATTEMPT_UNHEARD, ATTEMPT_FAILED };

/* UNHEARD: the keeper is no more. FAILED: the result says why. */
static enum attempt start_try(const struct process_plan *plan, const char *program,
                              struct streams *streams, struct spawned *spawned,
                              struct process_result *result) {
    struct keeper *keeper = spawned->keeper = keeper_get();
    if (!keeper) return step_failed(result, "keeper", errno), ATTEMPT_FAILED;
    if (!keeper_ask(keeper, plan, spawned->repeat, program))
        return step_failed(result, "execve", E2BIG), ATTEMPT_FAILED;
    if (!streams_outputs(plan, spawned, streams))
        return step_failed(result, "pipe", errno), ATTEMPT_FAILED;
    spawned->grouped = plan->want_peak_memory && keeper_group(keeper);
    const struct process_listener *listener = plan->listener;
    if (listener && listener->begun)
        listener->begun(listener->context, keeper->pid, &keeper->board->started,
                        spawned->grouped ? &keeper->group : NULL);
    bool said = streams_send(keeper, streams);
    int failure = errno;
    streams_sent(streams);
    if (said) return ATTEMPT_MADE;
    if (!spawned->lasting) {
        close(spawned->out);
        close(spawned->err);
    }
    keeper_drop(keeper);
    process_sweep();
    step_failed(result, "keeper", failure);
    return failure == EPIPE || failure == ECONNRESET ? ATTEMPT_UNHEARD : ATTEMPT_FAILED;
}

/* A keeper that somebody killed is replaced once. */
bool process_spawn(struct arena *arena, const struct process_plan *plan, struct spawned *spawned,
                   struct process_result *result) {
    struct streams streams = {-1, -1, -1};
    const char *program = process_program(arena, plan);
    if (!program) return step_failed(result, "execve", errno);
    if (!streams_input(plan, &streams)) return step_failed(result, "standard input", errno);
    enum attempt attempt = start_try(plan, program, &streams, spawned, result);
    if (attempt == ATTEMPT_UNHEARD) attempt = start_try(plan, program, &streams, spawned, result);
    if (streams.input >= 0) close(streams.input);
    return attempt == ATTEMPT_MADE;
}
