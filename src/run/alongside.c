#include <pthread.h>
#include <signal.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "run/company.h"
#include "run/running.h"

/* A budget that runs alongside another, in a thread of its own. */
struct alongside {
    struct measuring measuring;
    struct companion companion;
    pthread_t thread;
    bool begun, threaded;
};

static void *alongside_thread(void *context) {
    struct alongside *alongside = context;
    step_measure(&alongside->measuring);
    companion_ready(&alongside->companion);
    process_leave();
    return NULL;
}

/* Signals are the first thread's. */
static void alongside_start(struct alongside *alongside) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    alongside->threaded =
        pthread_create(&alongside->thread, NULL, alongside_thread, alongside) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* What it measured moves to the caller's arena, and counts only if the other was measured. */
static void alongside_end(struct running *running, size_t step, const struct alongside *alongside,
                          const struct company *company) {
    size_t index = running->steps[step].budget;
    const struct budget *budget = &running->request->set->budgets[index];
    struct evidence *evidence = &running->evidence[index];
    if (alongside->threaded) pthread_join(alongside->thread, NULL);
    const char *lost = "no thread could be had for it";
    if (company->lost)
        lost = text_format(running->arena,
                           "the budget `%s`, which this one runs alongside, was not measured",
                           budget->during->id);
    if (alongside->begun && !alongside->threaded) {
        evidence->measurement = measurement_lost(running->arena, budget, RUN_COMPANY, lost);
    } else if (evidence->measurement) {
        struct measurement *kept = measurement_copy(running->arena, evidence->measurement);
        if (company->lost && !kept->missing)
            diag_error(&kept->problems, RUN_COMPANY, budget->place, NULL, "%s", lost);
        kept->missing |= company->lost;
        evidence->measurement = kept;
    }
    arena_free(running->arenas[step]);
    running->arenas[step] = NULL;
    if (alongside->begun) step_end(running, step);
}

/* A budget, and those that run alongside it: `count` steps from `first` on. */
void company_run(struct running *running, size_t first, size_t count) {
    struct alongside *others = arena_alloc(running->arena, count * sizeof *others);
    struct company company;
    struct measuring measuring;
    bool late = step_is_late(running, first);
    company_begin(&company, count - 1);
    for (size_t i = 1; i < count; i++) {
        const struct budget *budget =
            &running->request->set->budgets[running->steps[first + i].budget];
        running->arenas[first + i] = arena_new();
        companion_begin(&others[i].companion, &company, budget->timeout);
        others[i].begun =
            !late && !step_is_late(running, first + i) &&
            step_begin(running, first + i, &others[i].companion, &others[i].measuring);
    }
    bool begun = !late && step_begin(running, first, NULL, &measuring);
    for (size_t i = 1; i < count && begun; i++)
        if (others[i].begun) alongside_start(&others[i]);
    for (size_t i = 1; i < count; i++)
        if (!others[i].threaded) companion_ready(&others[i].companion);
    company_wait(&company);
    uint64_t start = clock_now();
    if (begun) step_measure(&measuring);
    const struct measurement *measured =
        running->evidence[running->steps[first].budget].measurement;
    company_end(&company, begun && measured && !measured->missing,
                clock_seconds(start, clock_now()));
    for (size_t i = 1; i < count; i++) alongside_end(running, first + i, &others[i], &company);
    if (!late) step_end(running, first);
    company_free(&company);
}
