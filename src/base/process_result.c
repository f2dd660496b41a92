/* What the record of a run says of it. */
#include <math.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/process_watch.h"

enum { KIBIBYTE = 1024 };

static double time_seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void peak_choose(const struct keeper_board *board, const struct keeper_record *record,
                        struct process_result *result) {
    double largest = (double)record->usage.ru_maxrss * KIBIBYTE;
    if (largest <= 0) return; /* valgrind */
    result->peak_rss = largest;
    result->peak_method = largest > board->floor
                              ? "ru_maxrss of the largest process"
                              : "ru_maxrss, at most that of the process that started it";
}

/* The tree's resident memory was at least that of its largest process. What ended within a few
 * looks may have been seen only while it was being loaded: there the largest process stands for the
 * shares too, which says more than was used rather than less. NaN: nothing is known. */
static struct tree_memory looked(const struct watch *watch, const struct keeper_record *record) {
    double largest = (double)record->usage.ru_maxrss * KIBIBYTE;
    struct tree_memory most = watch->most;
    if (most.rss < largest) most.rss = largest;
    if (watch->looks < WATCH_FEW_LOOKS && most.pss < largest) most.pss = largest;
    if (most.rss <= 0) most.rss = (double)NAN;
    if (most.pss <= 0) most.pss = (double)NAN;
    return most;
}

static void memory_choose(const struct watch *watch, const struct keeper_record *record,
                          struct process_result *result) {
    const struct process_plan *plan = watch->plan;
    const struct cgroup *group = &watch->child.keeper->group;
    bool grouped = watch->child.grouped;
    struct tree_memory most = looked(watch, record);
    if (plan->want_tree_rss) result->tree_rss = most.rss;
    if (plan->want_tree_pss) result->tree_pss = most.pss;
    if (!plan->want_peak_memory) return;
    result->peak_memory = grouped ? cgroup_peak(group) : most.pss;
    result->memory_method = grouped ? group->method : "PSS of the tree every 5 ms, a lower bound";
    if (isnan(result->peak_memory)) result->memory_method = NULL;
}

void watch_take(const struct watch *watch, size_t run, struct process_result *result) {
    const struct keeper_board *board = watch->child.keeper->board;
    const struct keeper_record *record = &board->records[run];
    bool signalled = WIFSIGNALED(record->status);
    result->end = signalled ? PROCESS_SIGNALLED : PROCESS_EXITED;
    result->status = signalled ? WTERMSIG(record->status) : WEXITSTATUS(record->status);
    result->started = record->started;
    result->wall = clock_seconds(record->started, record->ended);
    result->user = time_seconds(record->usage.ru_utime);
    result->system = time_seconds(record->usage.ru_stime);
    result->count_error = record->count_error;
    if (watch->plan->counter != PROCESS_COUNTS_NOTHING && !record->count_error)
        result->count = (double)record->count;
    if (watch->plan->want_peak_rss) peak_choose(board, record, result);
    memory_choose(watch, record, result);
}

void result_begin(struct process_result *result) {
    *result = (struct process_result){.peak_rss = (double)NAN,
                                      .peak_memory = (double)NAN,
                                      .tree_rss = (double)NAN,
                                      .tree_pss = (double)NAN,
                                      .count = (double)NAN};
    result->out.bytes = result->err.bytes = "";
}
