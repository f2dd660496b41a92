#include "app/check.h"

#include "app/baseline.h"
#include "app/checkout.h"
#include "app/compressed_growth.h"
#include "app/exit_code.h"
#include "app/lint.h"
#include "app/policy.h"
#include "app/waivers.h"
#include "base/array.h"
#include "base/clock.h"
#include "base/ending.h"
#include "base/process.h"
#include "budget/budget_schema.h"
#include "probe/cache.h"
#include "verdict/against.h"

/* What the callbacks of one run need. */
struct checking {
    const struct check_request *request;
    struct budget_set set;
    struct verdicts verdicts;
    struct evidence *evidence;
    struct outputs outputs;
    struct environment_watch *watch;
    uint64_t start;                 /* clock_now */
    struct report_against *against; /* NULL: with nothing */
    struct checkout checkout;       /* root NULL: none */
};

static size_t checking_wanted(void *context, size_t budget, const struct measurement *measurement) {
    struct checking *checking = context;
    return verdicts_wanted(&checking->verdicts, budget, measurement);
}

static bool checking_compared(void *context, size_t budget) {
    const struct checking *checking = context;
    return against_wanted(&checking->verdicts, budget);
}

/* A stranger's budgets have each a time of their own, and may be many. */
static bool checking_late(const struct checking *checking) {
    return checking->request->budget.untrusted &&
           clock_seconds(checking->start, clock_now()) > UNTRUSTED_RUN_SECONDS;
}

static bool checking_explained(void *context, size_t budget) {
    struct checking *checking = context;
    return verdicts_crossed(&checking->verdicts, budget);
}

static bool checking_enough(void *context, size_t budget) {
    const struct checking *checking = context;
    if (checking_late(checking)) return true;
    return checking->request->fail_fast && verdicts_broken(&checking->verdicts, budget);
}

/* Whether anything times something: only then is the machine's quietness worth measuring. */
static bool set_is_noisy(const struct budget_set *set) {
    for (size_t i = 0; i < set->count; i++) {
        const struct budget *budget = &set->budgets[i];
        if ((budget->selected || budget->leaned_on) && budget->probe &&
            (budget->probe->needs & PROBE_QUIET))
            return true;
    }
    return false;
}

static bool checking_run(struct arena *arena, struct checking *checking, struct diags *diags) {
    const struct check_request *request = checking->request;
    struct run_base base = {.head_root = checking->set.root,
                            .root = checking->checkout.root,
                            .wanted = checking_compared,
                            .explained = checking_explained};
    if (checking->checkout.root) {
        base.seed = checking->against->seed;
        base.bases = checking->against->bases;
    }
    struct thread_pool *pool = thread_pool_new(request->jobs);
    struct cache *cache = cache_new(request->cache);
    const struct run_request run = {
        .set = &checking->set,
        .base = checking->checkout.root ? &base : NULL,
        .pool = pool,
        .cache = cache,
        .cancel_fd = request->cancel_fd,
        .wanted = checking_wanted,
        .enough = checking_enough,
        .context = checking,
        .observe = request->observe,
        .observer = request->observer,
    };
    bool complete = run_execute(arena, &run, checking->evidence);
    thread_pool_free(pool);
    cache_end(cache, diags);
    return complete;
}

/* Where the base's files are at hand: what compressed bytes grew by. A stranger's may take long. */
static void checking_take_apart(struct arena *arena, struct checking *checking) {
    const struct check_request *request = checking->request;
    if (!checking->checkout.root || request->budget.untrusted) return;
    const struct compressed_growth_request growth = {
        .set = &checking->set,
        .verdicts = &checking->verdicts,
        .against = checking->against,
        .base_root = checking->checkout.root,
        .evidence = checking->evidence,
        .jobs = request->jobs,
        .observe = request->taking_apart,
        .observer = request->observer,
    };
    compressed_growth_add(arena, &growth);
}

static void late_say(const struct checking *checking, struct diags *diags) {
    for (size_t i = 0; i < checking->set.count && checking_late(checking); i++) {
        const struct budget *budget = &checking->set.budgets[i];
        if (!budget->selected || !budget->probe || checking->evidence[i].started) continue;
        diag_error(diags, BUDGET_UNTRUSTED, budget->place, "--only splits the budgets",
                   "the budgets take longer than %d s, and --untrusted forbids it: `%s` was not "
                   "measured",
                   UNTRUSTED_RUN_SECONDS, budget->id);
        return;
    }
}

static void report_fill(struct checking *checking, struct report *report,
                        const struct diags *diags) {
    report->set = &checking->set;
    report->evidence = checking->evidence;
    report->verdicts = &checking->verdicts;
    report->diags = diags;
    report->against = checking->against;
}

/* What a probe was refused (a path outside the root) is policy, not a mere lack of data. */
static int errors_of(const struct report *report, const struct diags *diags) {
    int errors = diags_exit_code(diags);
    for (size_t i = 0; i < report->set->count && errors != EXIT_INTERNAL; i++) {
        const struct measurement *measurement = report->evidence[i].measurement;
        if (measurement && diags_exit_code(&measurement->problems) == EXIT_POLICY)
            errors = EXIT_POLICY;
    }
    return errors;
}

static int report_close(const struct check_request *request, struct report *report,
                        const struct diags *diags) {
    int outcome = outcome_exit_code(report->verdicts->effect);
    if (request->report_only && (outcome == EXIT_FAIL || outcome == EXIT_INCONCLUSIVE))
        outcome = EXIT_PASS;
    report->exit_code = exit_code_of(ending_asked(), errors_of(report, diags), outcome);
    return report->exit_code;
}

/* Finds what the run is compared with, if that was asked for. */
static bool checking_compare(struct arena *arena, struct checking *checking, struct diags *diags) {
    const struct check_request *request = checking->request;
    const struct budget_set *set = &checking->set;
    if (request->against || request->against_ref) {
        const struct checkout_request other = {
            .folder = request->against,
            .revision = request->against_ref,
            .seed = request->seed,
            .set = set,
            .cancel_fd = request->cancel_fd,
            .no_exec = request->budget.no_exec,
        };
        if (!checkout_open(arena, &other, &checking->checkout, diags)) return false;
        checking->against = checking->checkout.against;
        return true;
    }
    if (!request->baseline) return true;
    struct environment here;
    environment_end(checking->watch, &here);
    checking->against = baseline_read(arena, request->baseline, &checking->set, &here, diags);
    return checking->against != NULL;
}

/* The gate is that of the trusted files, or a tighter one. Every profile is compared, as another
 * job of the pipeline may ask for it. */
static bool policy_holds(struct arena *arena, const struct check_request *request,
                         const struct budget_request *budget, struct diags *diags) {
    struct policy policy;
    if (!request->policy.count) return true;
    const struct policy_request compared = {
        .old = policy_side(arena, budget, &request->policy),
        .new = *budget,
        .allow = request->allow_loosening,
        .every_profile = true,
    };
    return policy_compare(arena, &compared, &policy, diags) && policy_enforce(&policy, diags);
}

static bool budgets_read(struct arena *arena, const struct check_request *request,
                         struct budget_set *set, struct diags *diags) {
    struct budget_request budget = request->budget;
    if (request->policy.count && !policy_input(arena, &budget, diags)) return false;
    return budget_load(arena, &budget, set, diags) && policy_holds(arena, request, &budget, diags);
}

/* Nothing was measured: whatever was opened goes away. */
static int checking_abandon(struct arena *arena, struct checking *checking, struct diags *diags) {
    outputs_discard(&checking->outputs);
    checkout_close(arena, &checking->checkout, diags);
    return exit_code_of(ending_asked(), diags_exit_code(diags), EXIT_PASS);
}

int check_run(struct arena *arena, const struct check_request *request, struct report *report,
              struct diags *diags) {
    struct checking *checking = arena_new_object(arena, struct checking);
    checking->start = clock_now();
    *report = (struct report){.started_at = clock_stamp(arena)};
    checking->request = request;
    if (!budgets_read(arena, request, &checking->set, diags)) return diags_exit_code(diags);
    lint_limits(&checking->set, DIAG_WARNING, diags);
    bool noisy = set_is_noisy(&checking->set);
    if (noisy) process_prepare();
    checking->watch = environment_begin(arena, checking->set.root, noisy);
    if (!outputs_open(arena, &request->outputs, &checking->outputs, diags))
        return diags_exit_code(diags);
    if (!checking_compare(arena, checking, diags)) return checking_abandon(arena, checking, diags);
    if (request->planned) request->planned(request->observer, &checking->set);

    const struct budget_set *set = &checking->set;
    checking->evidence = arena_alloc(arena, (set->count + 1) * sizeof *checking->evidence);
    struct verdict_options options = request->verdict;
    against_options(checking->against, &options);
    verdicts_begin(&checking->verdicts, arena, set, options);
    if (request->begun) request->begun(request->observer, &checking->verdicts);
    report->complete = checking_run(arena, checking, diags);
    environment_end(checking->watch, &report->environment);
    checking->verdicts.options.waited_now = report->environment.pressure_cpu;
    verdicts_finish(&checking->verdicts, checking->evidence);
    waivers_review(&checking->verdicts, diags);
    if (report->complete) checking_take_apart(arena, checking);
    checkout_close(arena, &checking->checkout, diags);

    report->duration = clock_seconds(checking->start, clock_now());
    late_say(checking, diags);
    report_fill(checking, report, diags);
    int code = report_close(request, report, diags);
    const struct report_text_options plain = {.columns = 100};
    if (!outputs_write(arena, &checking->outputs, report, &plain, diags))
        code = report_close(request, report, diags);
    return code;
}
