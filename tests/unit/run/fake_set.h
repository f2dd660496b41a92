/** Budget sets put together by hand, over probes whose runs the test counts. */
#ifndef FAKE_SET_H
#define FAKE_SET_H

/* cmocka makes `fail` a macro, so what has a member of that name comes first */
#include "run/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "budget/derive.h"

enum { BUDGETS_MAX = 64 };

/* What one budget's probe does; config of the budget. */
struct behaviour {
    bool (*act)(struct probe_run *run, struct behaviour *self);
    struct journal *journal;
    const char *id;
    unsigned runs;
};

/* What happened, in order, by whatever thread. */
struct journal {
    atomic_size_t count;
    const char *ids[256];
    atomic_uint running, most; /* at the same time */
};

static const struct probe_metric fake_metric = {.name = "wall",
                                                .help = "h",
                                                .unit = PROBE_SECONDS,
                                                .better = PROBE_LOWER,
                                                .nature = PROBE_NOISY,
                                                .fold = PROBE_FOLD_POOL};
static const struct probe_metric *fake_items[] = {&fake_metric};

static inline bool fake_sample(struct probe_run *run) {
    struct behaviour *self = (struct behaviour *)run->config;
    struct journal *journal = self->journal;
    unsigned now = atomic_fetch_add(&journal->running, 1) + 1, most = atomic_load(&journal->most);
    while (now > most && !atomic_compare_exchange_weak(&journal->most, &most, now)) {
    }
    journal->ids[atomic_fetch_add(&journal->count, 1) % array_length(journal->ids)] = self->id;
    self->runs++;
    bool good = self->act ? self->act(run, self) : true;
    if (good) probe_emit(run, 0, 0, self->runs);
    atomic_fetch_sub(&journal->running, 1);
    return good;
}

#define FAKE_PROBE(needs_of)                                                                       \
    {                                                                                              \
        .abi = PROBE_ABI, .needs = (needs_of), .name = "fake", .summary = "s", .target_help = "t", \
        .target = PROBE_TARGET_TEXT, .metrics = &fake_metric, .metric_count = 1,                   \
        .metric_size = sizeof(struct probe_metric), .sample = fake_sample                          \
    }
static const struct probe loud_probe = FAKE_PROBE(0);
static const struct probe quiet_probe = FAKE_PROBE(PROBE_QUIET);
static const struct probe spawning_probe = FAKE_PROBE(PROBE_EXECUTES);

struct fake_set {
    struct arena *arena;
    struct budget_set set;
    struct budget budgets[BUDGETS_MAX];
    struct behaviour behaviours[BUDGETS_MAX];
    struct evidence evidence[BUDGETS_MAX];
    struct journal journal;
    struct thread_pool *pool;
    struct run_request request;
    size_t wanted; /* runs asked for of each budget, all at once */
};

static inline size_t fake_wanted(void *context, size_t budget,
                                 const struct measurement *measurement) {
    const struct fake_set *fake = context;
    (void)budget;
    return measurement ? 0 : fake->wanted;
}

static inline void fake_begin(struct fake_set *fake, unsigned threads) {
    *fake = (struct fake_set){.arena = arena_new(), .wanted = 1};
    fake->pool = thread_pool_new(threads);
    fake->set = (struct budget_set){.arena = fake->arena, .root = "/", .budgets = fake->budgets};
    fake->request = (struct run_request){.set = &fake->set,
                                         .pool = fake->pool,
                                         .cancel_fd = -1,
                                         .wanted = fake_wanted,
                                         .context = fake};
}

static inline struct budget *fake_add(struct fake_set *fake, const char *id,
                                      const struct probe *probe) {
    size_t i = fake->set.count++;
    assert_true(i < BUDGETS_MAX);
    fake->behaviours[i] = (struct behaviour){.journal = &fake->journal, .id = id};
    static const char *const target[] = {"target"};
    fake->budgets[i] = (struct budget){
        .id = id,
        .probe = probe,
        .targets = {target, 1},
        .config = &fake->behaviours[i],
        .directory = "/",
        .metrics = {fake_items, 1},
        .runs = {.min = 1, .max = 1000},
        .time_limit = 60,
        .timeout = 10,
        .selected = true,
        .place = {.file = "b.yaml", .line = (int)i + 1, .column = 3},
    };
    return &fake->budgets[i];
}

/* The budget comes after others: ids with blanks between. */
static inline void fake_after(struct fake_set *fake, struct budget *budget, const char *ids) {
    const char **items = NULL;
    size_t count = 0;
    while (*ids) {
        size_t length = strcspn(ids, " ");
        *array_add(fake->arena, items, count) = text_copy_bytes(fake->arena, ids, length);
        ids += length + (ids[length] == ' ');
    }
    budget->after = (struct probe_texts){items, count};
}

static inline bool fake_execute(struct fake_set *fake) {
    return run_execute(fake->arena, &fake->request, fake->evidence);
}

static inline void fake_end(struct fake_set *fake) {
    thread_pool_free(fake->pool);
    arena_free(fake->arena);
}

#endif
