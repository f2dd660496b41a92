#include "base/process.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/process_watch.h"

static const uint64_t second = 1000000000, look_first = 1000000, look_interval = 5000000;
enum { LOOK_REST = 9 };
static const double grace_default = 0.5, linger_seconds = 0.2, kill_seconds = 5, finish_seconds = 8;

static void watch_say(const struct watch *watch, enum keeper_word word) {
    char byte = (char)word;
    while (send(watch->child.keeper->socket, &byte, 1, MSG_NOSIGNAL) < 0 && errno == EINTR) {
    }
}

static uint64_t seconds_from_now(double seconds) {
    return clock_now() + (uint64_t)(seconds * (double)second);
}

static void watch_ask(struct watch *watch, enum process_end why) {
    double grace = watch->plan->grace > 0 ? watch->plan->grace : grace_default;
    atomic_store(&watch->child.keeper->board->enough, true);
    watch->end = why;
    watch->stage = STAGE_ASKED;
    watch->until = seconds_from_now(grace);
    watch_say(watch, KEEPER_ASK);
}

/* Of runs back to back, the one at hand may have begun since. */
static uint64_t watch_deadline(const struct watch *watch) {
    const struct keeper_board *board = watch->child.keeper->board;
    uint64_t time = watch->child.repeat->time;
    return board->done > 0 && time < UINT64_MAX - board->started ? board->started + time
                                                                 : watch->until;
}

/* False once nothing is left to wait for. */
static bool watch_time_passed(struct watch *watch) {
    switch (watch->stage) {
    case STAGE_RUNS:
        watch->until = watch_deadline(watch);
        if (watch->until <= clock_now()) watch_ask(watch, PROCESS_TIMED_OUT);
        return true;
    case STAGE_ASKED:
        watch->stage = STAGE_KILLED;
        watch->until = seconds_from_now(kill_seconds);
        watch_say(watch, KEEPER_KILL);
        return true;
    case STAGE_KILLED:
    case STAGE_OVER:
        return false;
    }
    return false;
}

static void watch_wait(const struct watch *watch, struct pollfd *polls, nfds_t count) {
    uint64_t until = watch->look < watch->until ? watch->look : watch->until;
    uint64_t now = clock_now(), left = until > now ? until - now : 0;
    struct timespec timeout = {.tv_sec = (time_t)(left / second), .tv_nsec = (long)(left % second)};
    ppoll(polls, count, until == UINT64_MAX ? NULL : &timeout, NULL);
}

static bool pss_counts(const struct watch *watch) {
    return watch->plan->want_tree_pss || (watch->plan->want_peak_memory && !watch->child.grouped);
}

static void look_begin(struct watch *watch) {
    bool wanted = watch->plan->want_tree_rss || pss_counts(watch);
    watch->look = wanted ? clock_now() + look_first : UINT64_MAX;
}

/* A look that takes long (a tree of many threads, much memory) is made less often, so that looking
 * costs a tenth of a processor at most. */
static void look(struct watch *watch) {
    uint64_t begun = clock_now();
    struct tree_memory now = tree_measure(watch->child.keeper->pid, pss_counts(watch));
    if (now.rss > watch->most.rss) watch->most.rss = now.rss;
    if (now.pss > watch->most.pss) watch->most.pss = now.pss;
    if (watch->looks < WATCH_FEW_LOOKS) watch->looks++;
    double interval = watch->plan->look_interval;
    uint64_t wait = interval > 0 ? (uint64_t)(interval * (double)second) : look_interval;
    uint64_t ended = clock_now(), rest = LOOK_REST * (ended - begun);
    watch->look = watch->stage == STAGE_OVER ? UINT64_MAX : ended + (wait > rest ? wait : rest);
    if (watch->plan->look && watch->stage == STAGE_RUNS)
        watch->plan->look(watch->plan->looker, pss_counts(watch) ? now.pss : now.rss);
}

enum { WAIT_CHILD, WAIT_OUT, WAIT_ERR, WAIT_CANCEL, WAIT_COUNT };

/* Takes what the keeper says. */
static void watch_hear(struct watch *watch) {
    char word = 0;
    ssize_t got = recv(watch->child.keeper->socket, &word, 1, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    watch->lost = got <= 0;
    watch->failed = got > 0 && word == KEEPER_FAILED;
    watch->over = got > 0 && word == KEEPER_OVER;
    if (got > 0 && word == KEEPER_ENDED) watch->outlived = true;
    if (watch->stage == STAGE_OVER) return;
    watch->stage = STAGE_OVER;
    watch->until = seconds_from_now(linger_seconds);
}

/* Whether there is something to wait for: the command, or who else may write to its outputs. Those
 * that last have no end; but once all is over, whatever was written is in them. */
static bool watch_goes_on(const struct watch *watch) {
    if (watch->stage != STAGE_OVER) return true;
    if (watch->child.lasting) return watch->outlived && !watch->over;
    return watch->out.descriptor >= 0 || watch->err.descriptor >= 0;
}

/* Waits for one event and acts on it. False once nothing is left to wait for. */
static bool watch_step(struct watch *watch) {
    bool over = watch->stage == STAGE_OVER;
    struct pollfd polls[WAIT_COUNT] = {
        [WAIT_CHILD] = {.fd = over ? -1 : watch->child.keeper->socket, .events = POLLIN},
        [WAIT_OUT] = {.fd = watch->out.descriptor, .events = POLLIN},
        [WAIT_ERR] = {.fd = watch->err.descriptor, .events = POLLIN},
        [WAIT_CANCEL] = {.fd = watch->stage == STAGE_RUNS ? watch->plan->cancel_fd : -1,
                         .events = POLLIN},
    };
    watch_wait(watch, polls, WAIT_COUNT);
    uint64_t now = clock_now();
    if (polls[WAIT_OUT].revents || polls[WAIT_ERR].revents)
        atomic_store(&watch->child.keeper->board->enough, true); /* it is read here, run by run */
    if (polls[WAIT_CHILD].revents) watch_hear(watch);
    if (polls[WAIT_OUT].revents) capture_read(&watch->out, watch->plan->listener, false);
    if (polls[WAIT_ERR].revents) capture_read(&watch->err, watch->plan->listener, true);
    if (polls[WAIT_CANCEL].revents && watch->stage == STAGE_RUNS)
        watch_ask(watch, PROCESS_CANCELLED);
    if (now >= watch->look) look(watch);
    if (now >= watch->until && !watch_time_passed(watch)) return false;
    return watch_goes_on(watch);
}

/* What the command left behind is ended; the keeper says when that is done. */
static void watch_finish(struct watch *watch) {
    watch_say(watch, KEEPER_FINISH);
    watch->until = seconds_from_now(finish_seconds);
    watch->look = UINT64_MAX;
    while (!watch->over && !watch->lost && clock_now() < watch->until) {
        struct pollfd poll = {.fd = watch->child.keeper->socket, .events = POLLIN};
        watch_wait(watch, &poll, 1);
        if (poll.revents) watch_hear(watch);
    }
}

/* Of the last run. */
static void watch_result(const struct watch *watch, size_t run, struct process_result *result) {
    watch_take(watch, run, result);
    if (watch->end != PROCESS_EXITED) result->end = watch->end;
    result->leftovers = watch->child.keeper->board->leftovers;
}

/* The keeper was killed, or cannot end what it started (stuck in the kernel, or another user's). */
static void watch_abandon(struct watch *watch, struct process_result *result) {
    bool lost = watch->lost;
    keeper_drop(watch->child.keeper);
    result->end = watch->end;
    result->wall = clock_seconds(watch->begun, clock_now());
    result->leftovers = lost ? process_sweep() : 1;
    if (!lost || watch->end != PROCESS_EXITED) return;
    result->end = PROCESS_NOT_STARTED;
    result->failed_step = "keeper";
    result->status = EPIPE;
}

/* The next command shares outputs only with one that nobody outlived. */
static void watch_outputs(struct watch *watch) {
    struct keeper *keeper = watch->child.keeper;
    if (watch->child.lasting) {
        capture_drain(&watch->out, watch->plan->listener, false);
        capture_drain(&watch->err, watch->plan->listener, true);
    }
    bool ended = watch->child.lasting || (watch->out.descriptor < 0 && watch->err.descriptor < 0);
    keeper->tidy = watch->over && !watch->outlived && ended;
    keeper->wary = keeper->wary || watch->outlived || !ended;
}

/* There is something to do for each run, so that one is all there can be in a row. */
static bool plan_is_single(const struct process_plan *plan) {
    return plan->input || plan->input_path || plan->listener || plan->keep_whole ||
           plan->want_peak_memory || plan->want_tree_rss || plan->want_tree_pss;
}

static void watch_to_end(struct watch *watch) {
    look_begin(watch);
    while (watch_step(watch)) {
    }
    if (watch->stage == STAGE_OVER && !watch->over && !watch->failed && !watch->lost)
        watch_finish(watch);
    if (!watch->lost) watch_outputs(watch);
}

/* All runs but the last are as they should be. Returns the number of the last. */
static size_t watch_results(struct watch *watch, struct process_result *results) {
    const struct keeper_board *board = watch->child.keeper->board;
    size_t last = board->done;
    if (last > 0 && (watch->over || watch->outlived)) last--;
    for (size_t i = 0; i < last; i++) watch_take(watch, i, &results[i]);
    if (watch->failed)
        process_spawn_failed(board, &results[last]);
    else if (watch->over)
        watch_result(watch, last, &results[last]);
    else
        watch_abandon(watch, &results[last]);
    return last;
}

size_t process_repeat(struct arena *arena, const struct process_plan *plan,
                      const struct process_repeat *repeat, struct process_result *results) {
    struct process_repeat allowed = *repeat;
    if (allowed.most < 1 || plan_is_single(plan)) allowed.most = 1;
    if (allowed.most > PROCESS_REPEATS_MAX) allowed.most = PROCESS_REPEATS_MAX;
    struct watch watch = {.plan = plan,
                          .child = {.repeat = &allowed},
                          .end = PROCESS_EXITED,
                          .begun = clock_now(),
                          .until = plan->deadline ? plan->deadline : UINT64_MAX};
    for (size_t i = 0; i < allowed.most; i++) result_begin(&results[i]);
    if (!process_spawn(arena, plan, &watch.child, &results[0])) return 1;
    watch.out = capture_begin(arena, plan, watch.child.out);
    watch.err = capture_begin(arena, plan, watch.child.err);
    watch.out.lasting = watch.err.lasting = watch.child.lasting;
    watch_to_end(&watch);
    size_t last = watch_results(&watch, results);
    capture_close(&watch.out);
    capture_close(&watch.err);
    capture_finish(arena, &watch.out, &results[last].out);
    capture_finish(arena, &watch.err, &results[last].err);
    return last + 1;
}

void process_run(struct arena *arena, const struct process_plan *plan,
                 struct process_result *result) {
    const struct process_repeat once = {.most = 1};
    process_repeat(arena, plan, &once, result);
}
