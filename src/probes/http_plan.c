#include "probes/http_plan.h"

#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/quote.h"
#include "base/text.h"
#include "base/units.h"

/* One load as written, of a phase or of the budget itself. */
struct load_words {
    const char *what; /* "the phase `peak`", or "the load" */
    double duration, rate;
    int64_t requests, concurrency;
    const char *ramp_to;
};

static bool words_fail(struct probe_run *run, struct arena *arena, const struct load_words *words,
                       const char *problem, const char *hint) {
    return probe_fail(run, PROBE_FAULT_DATA, text_format(arena, "%s %s", words->what, problem),
                      hint);
}

static bool ramp_read(struct probe_run *run, struct arena *arena, const struct load_words *words,
                      struct http_part *part) {
    struct quantity quantity;
    struct unit_problem problem;
    if (!words->ramp_to) return true;
    const char *hint = part->open ? "write a rate, such as 500/s" : "write a number of users";
    if (!(words->duration > 0))
        return words_fail(run, arena, words, "has `ramp_to` and no `duration`",
                          "write how long it takes");
    enum probe_unit unit = part->open ? PROBE_PER_SECOND : PROBE_COUNT;
    bool fine = unit_parse(arena, words->ramp_to, 1000, &quantity, &problem) &&
                quantity.unit == unit && quantity.value > 0 &&
                quantity.value <= (part->open ? 1e6 : HTTP_CONCURRENCY_MAX) &&
                (part->open || quantity.value == floor(quantity.value));
    if (!fine)
        return words_fail(run, arena, words,
                          text_format(arena, "has %s as `ramp_to`", quote(arena, words->ramp_to)),
                          hint);
    part->ramp_to = quantity.value;
    return true;
}

static bool part_make(struct probe_run *run, struct arena *arena, const struct load_words *words,
                      struct http_part *part) {
    if (words->rate > 0 && words->concurrency > 0)
        return words_fail(run, arena, words, "has both `rate` and `concurrency`",
                          "`rate` is the open model, `concurrency` the closed one: keep one");
    if (words->duration > 0 && words->requests > 0)
        return words_fail(run, arena, words, "has both `duration` and `requests`", "keep one");
    part->open = words->rate > 0;
    part->rate = words->rate;
    part->concurrency = part->open ? 0 : words->concurrency ? (double)words->concurrency : 1;
    part->duration = clock_nanoseconds(words->duration);
    part->count = (uint64_t)words->requests;
    return ramp_read(run, arena, words, part);
}

static bool phase_make(struct probe_run *run, struct http_plan *plan,
                       const struct probe_records *phases, size_t i) {
    const struct http_phase *phase = &((const struct http_phase *)phases->items)[i];
    const struct load_words words = {
        text_format(plan->arena, "the phase %s", quote(plan->arena, phases->names[i])),
        phase->duration,
        phase->rate,
        phase->requests,
        phase->concurrency,
        phase->ramp_to};
    struct http_part *part = array_add(plan->arena, plan->parts, plan->part_count);
    part->name = phases->names[i];
    part->judged = phase->judged;
    if (!(phase->duration > 0) && !phase->requests)
        return words_fail(run, plan->arena, &words, "has neither `duration` nor `requests`",
                          "write how long flows begin, or how many");
    if (!(phase->rate > 0) && !phase->concurrency)
        return words_fail(run, plan->arena, &words, "has neither `rate` nor `concurrency`",
                          "write `rate: 100/s` (open model) or `concurrency: 10` (closed model)");
    return part_make(run, plan->arena, &words, part);
}

static bool single_make(struct probe_run *run, struct http_plan *plan) {
    const struct http_config *config = run->config;
    struct load_words words = {"the load",       config->duration,    config->rate,
                               config->requests, config->concurrency, config->ramp_to};
    if (!(words.duration > 0) && !words.requests) words.duration = 10;
    struct http_part *part = array_add(plan->arena, plan->parts, plan->part_count);
    part->name = "load";
    part->judged = true;
    return part_make(run, plan->arena, &words, part);
}

/* What may be under way at once: what arrives within a request's time limit, and some more. */
static uint32_t users_of(const struct http_plan *plan, int64_t connections) {
    const double most = 10000, least = 16;
    double users = least;
    for (size_t i = 0; i < plan->part_count; i++) {
        const struct http_part *part = &plan->parts[i];
        double peak = fmax(part->open ? part->rate : part->concurrency, part->ramp_to);
        double wanted = part->open ? peak * (double)plan->timeout / 1e9 : peak;
        if (part->open && connections) wanted = (double)connections;
        if (part->open) wanted = fmin(wanted, fmax(most, (double)connections));
        users = fmax(users, ceil(wanted));
    }
    return (uint32_t)users;
}

/* The load must be over, the slowest answer included, when the budget's time is. */
static bool fits(struct probe_run *run, const struct http_plan *plan) {
    uint64_t sum = 0;
    for (size_t i = 0; i < plan->part_count; i++) sum += plan->parts[i].duration;
    uint64_t whole = sum + plan->timeout;
    if (!run->time_limit || sum == 0 || whole <= run->time_limit) return true;
    struct arena *arena = plan->arena;
    return probe_fail(
        run, PROBE_FAULT_DATA,
        text_format(arena,
                    "the load takes %s and a last request up to %s more, and `time_limit` is %s",
                    unit_show(arena, (double)sum / 1e9, PROBE_SECONDS),
                    unit_show(arena, (double)plan->timeout / 1e9, PROBE_SECONDS),
                    unit_show(arena, (double)run->time_limit / 1e9, PROBE_SECONDS)),
        text_format(arena, "write `time_limit: %.0fs`, or shorten the load or `timeout`",
                    ceil((double)whole / 1e9)));
}

bool http_plan_phases(struct probe_run *run, struct http_plan *plan) {
    const struct http_config *config = run->config;
    const struct probe_records *phases = &config->phases;
    bool single = config->duration > 0 || config->rate > 0 || config->requests ||
                  config->concurrency || config->ramp_to;
    if (phases->count && single)
        return probe_fail(run, PROBE_FAULT_DATA,
                          "`phases` stands beside `duration`, `requests`, `rate`, `concurrency` or "
                          "`ramp_to`",
                          "write these below each phase");
    if (phases->count > HTTP_PHASES_MAX)
        return probe_fail(run, PROBE_FAULT_DATA, "there are more than 100 phases", NULL);
    double timeout = config->timeout > 0 ? config->timeout : (double)run->timeout / 1e9;
    plan->timeout = clock_nanoseconds(timeout > 0 ? timeout : 10);
    bool judged = !phases->count;
    for (size_t i = 0; i < phases->count; i++) {
        if (!phase_make(run, plan, phases, i)) return false;
        judged |= plan->parts[i].judged;
    }
    if (!phases->count && !single_make(run, plan)) return false;
    if (!judged)
        return probe_fail(run, PROBE_FAULT_DATA, "every phase has `judged: false`",
                          "judge at least one");
    plan->users = users_of(plan, config->connections);
    plan->closed = !plan->parts[0].open;
    return fits(run, plan);
}

bool http_plan_make(struct probe_run *run, struct arena *arena, bool files,
                    struct http_plan *plan) {
    const struct http_config *config = run->config;
    static const struct http_words words = {
        "request", "requests", "from the last byte sent to the first of the answer", "expect"};
    *plan = (struct http_plan){.arena = arena,
                               .words = &words,
                               .cookies = config->cookies,
                               .redirects = (uint32_t)config->redirects};
    http_names_begin(&plan->names, arena);
    return http_plan_route(run, plan) && http_plan_phases(run, plan) &&
           http_plan_calls(run, files, plan) && http_plan_secure(run, plan);
}

void http_plan_release(struct http_plan *plan) {
    for (size_t i = 0; i < plan->call_count; i++) http_expectation_release(&plan->calls[i].expect);
}
