#include "probes/prometheus.h"

#include <math.h>
#include <poll.h>
#include <time.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "probes/prometheus_parts.h"
#include "probes/prometheus_query.h"

enum { MILLISECONDS = 1000, NANOSECONDS = 1000000000 };

static const char *const take_words[] = {[PROMETHEUS_AUTO] = "auto",
                                         [PROMETHEUS_VALUE] = "value",
                                         [PROMETHEUS_DELTA] = "delta",
                                         [PROMETHEUS_PER_SECOND] = "rate",
                                         NULL};
static const char *const better_words[] = {"neither", "lower", "higher", NULL};
static const enum probe_better betters[] = {PROBE_NEITHER, PROBE_LOWER, PROBE_HIGHER};

static const struct probe_option ratio_options[] = {
    {PROBE_OPTION(struct prometheus_ratio, PROBE_TEXTS, of),
     .help = "Selectors of what is counted above the line."},
    {PROBE_OPTION(struct prometheus_ratio, PROBE_TEXTS, to),
     .help = "Selectors of what is counted below it, `of` included where it is a part of it."},
};
static const struct probe_record_table ratio_table = {
    .what = "a ratio",
    .options = ratio_options,
    .option_count = array_length(ratio_options),
    .option_size = sizeof(struct probe_option),
    .record_size = sizeof(struct prometheus_ratio),
    .form = PROBE_FORM_ONE,
};

#define OPTION(kind, member) PROBE_OPTION(struct prometheus_config, kind, member)

static const struct probe_option prometheus_options_table[] = {
    {OPTION(PROBE_TEXT, series), .fallback = "",
     .help =
         "Selector of the one series whose value it is: `name{label=\"value\",other=~\"a|b\"}`; "
         "with `quantile` the name of a histogram, without _bucket."},
    {OPTION(PROBE_RECORDS, ratio), .fallback = "", .records = &ratio_table,
     .help = "A share: the sum of all series that `of` means to that of those `to` means."},
    {OPTION(PROBE_SHARE, quantile), .fallback = "", .min = 0.0001, .max = 0.9999,
     .help = "Quantile of the histogram, as 95% or 0.95."},
    {OPTION(PROBE_FLAG, sum), .fallback = "false",
     .help = "Add up all series that `series` means, instead of refusing more than one."},
    {OPTION(PROBE_CHOICE, take), .fallback = "auto", .choices = take_words,
     .help = "With `during`, what is taken of a series: the `value` after it, its `delta`, or the "
             "delta a second (`rate`). auto: the delta of counters and histograms, the value of "
             "others."},
    {OPTION(PROBE_TEXT, query), .fallback = "",
     .help =
         "PromQL to compute: the target is then the Prometheus server. `{{during}}` becomes the "
         "length of the budget that this one runs during, such as 13s."},
    {OPTION(PROBE_TEXT, at), .fallback = "",
     .help = "Time of the query, as RFC 3339 or seconds since 1970 (of `range`: seconds only); "
             "default: now."},
    {OPTION(PROBE_TIME, range), .fallback = "", .min = 1, .max = 31536000,
     .help = "Ask for the values over so long a time up to `at`; each is a sample."},
    {OPTION(PROBE_TIME, step), .fallback = "", .min = 0.001, .max = 86400,
     .help = "Time between two values of a range; default: a sixtieth of it, at least 1s."},
    {OPTION(PROBE_TIME, settle), .fallback = "0s", .max = 3600,
     .help = "Time to wait after the budget in `during` before the last look: until a Prometheus "
             "server has scraped its end."},
    {OPTION(PROBE_TEXT, unit), .fallback = "",
     .help =
         "Unit of the series or the query, such as ms or MB, or `ratio` of a share from 0 to 1; "
         "default: by the end of a series' name (_seconds, _bytes, _ratio), else a count."},
    {OPTION(PROBE_CHOICE, better), .fallback = "neither", .choices = better_words,
     .help = "Which direction is better; a bare limit bounds in that direction."},
    {OPTION(PROBE_TEXT, bearer), .fallback = "",
     .help = "Token of `Authorization: Bearer`; take it from the environment."},
    {OPTION(PROBE_TEXT, user), .fallback = "", .help = "Name for basic authentication."},
    {OPTION(PROBE_TEXT, password), .fallback = "",
     .help = "Password for basic authentication; take it from the environment."},
    {OPTION(PROBE_PAIRS, headers), .fallback = "",
     .help = "Headers added to the request, such as X-Scope-OrgID."},
    {OPTION(PROBE_TEXT, authorities), .fallback = "",
     .help = "File of certificates (PEM) to trust instead of the system's."},
    {OPTION(PROBE_FLAG, insecure), .fallback = "false",
     .help = "Accept any certificate; stands in the report."},
    {OPTION(PROBE_TEXT, socket), .fallback = "",
     .help = "Unix socket to connect to instead of the URL's host."},
};

static bool is_query(const struct prometheus_config *config) {
    return config->query && *config->query;
}

static bool has_buckets(const struct prometheus_config *config) {
    return config->quantile > 0;
}

static void metric_declare(struct probe_run *run, const struct prometheus_state *state,
                           const char *name, const char *help) {
    const struct prometheus_config *config = run->config;
    probe_declare(run, &(struct probe_metric){
                           .name = name,
                           .help = help,
                           .unit = prometheus_unit(config, state),
                           .better = betters[config->better],
                           .nature = PROBE_NOISY,
                           .fold = PROBE_FOLD_POOL,
                           .statistic = config->range <= 0 ? "max" : "median",
                       });
}

static bool prometheus_check(struct probe_run *run) {
    const struct prometheus_config *config = run->config;
    struct prometheus_state state;
    double seconds;
    bool during = probe_during(run, &seconds) != PROBE_COMPANY_NONE;
    if (!prometheus_rules(run, during)) return false;
    bool good = prometheus_options(run, &state);
    if (good)
        metric_declare(run, &state, "value",
                       "What the series, the ratio, the quantile or the query is.");
    if (good && has_buckets(config)) {
        metric_declare(run, &state, "value_low",
                       "Lower edge of the bucket that the quantile lies in.");
        metric_declare(run, &state, "value_high", "Upper edge of that bucket.");
    }
    prometheus_forget(&state);
    return good;
}

static bool data_fail(struct probe_run *run, const char *problem) {
    return probe_fail(run, PROBE_FAULT_DATA, problem, NULL);
}

static double wall_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool scrape(struct probe_run *run, struct arena *arena, const struct prometheus_state *state,
                   struct prometheus_scrape *found) {
    const struct prometheus_config *config = run->config;
    struct fetch_answer answer;
    const char *problem;
    *found = (struct prometheus_scrape){.arena = arena,
                                        .selectors = state->selectors,
                                        .selector_count = state->count,
                                        .now = wall_clock(),
                                        .buckets = has_buckets(config)};
    if (!prometheus_ask(run, arena, NULL, &answer)) return false;
    const char *type = fetch_header(arena, &answer, "Content-Type");
    return prometheus_scrape_read(found, answer.body, answer.length, type, &problem) ||
           data_fail(run, problem);
}

/* Waits for the other budget and then for `settle`. */
static bool spanned(struct probe_run *run, enum probe_company *company, double *seconds) {
    const struct prometheus_config *config = run->config;
    *company = probe_during(run, seconds);
    if (*company == PROBE_COMPANY_LOST)
        return probe_fail(run, PROBE_FAULT_CANCELLED,
                          "the budget that it runs during was not measured", NULL);
    if (*company == PROBE_COMPANY_NONE || config->settle <= 0) return true;
    struct pollfd cancel = {.fd = run->cancel_fd, .events = POLLIN};
    if (poll(&cancel, 1, (int)(config->settle * MILLISECONDS)) > 0)
        return probe_fail(run, PROBE_FAULT_CANCELLED, "it was interrupted", NULL);
    run->deadline += (uint64_t)(config->settle * NANOSECONDS);
    return true;
}

static bool quantile_emit(struct probe_run *run, const struct prometheus_question *question,
                          const struct prometheus_state *state) {
    const struct prometheus_config *config = run->config;
    struct prometheus_between between;
    const char *problem;
    double scale = state->unit.scale;
    if (!prometheus_quantile(question, config->quantile, &between, &problem))
        return data_fail(run, problem);
    probe_method(run, PROMETHEUS_NUMBER,
                 text_format(question->arena, "linear within the bucket from %g to %g%s",
                             between.low, between.high,
                             question->before ? ", of what was observed meanwhile" : ""));
    probe_emit(run, PROMETHEUS_LOW, 0, between.low * scale);
    probe_emit_between(
        run, PROMETHEUS_NUMBER, 0,
        (struct probe_between){between.value * scale, between.low * scale, between.high * scale});
    if (isfinite(between.high))
        probe_emit(run, PROMETHEUS_HIGH, 0, between.high * scale);
    else
        probe_unbounded(run, PROMETHEUS_HIGH, 0);
    return true;
}

static bool side_add(const struct prometheus_question *question, size_t from, size_t to,
                     double *sum, const char **problem) {
    *sum = 0;
    for (size_t i = from; i < to; i++) {
        double one;
        if (!prometheus_value(question, i, &one, problem)) return false;
        *sum += one;
    }
    return true;
}

static bool is_count(double value) {
    return value >= 0 && value < 9007199254740992.0 && value == floor(value);
}

/* Counts are judged as so many of so many; what is no count as a plain number. */
static bool ratio_emit(struct probe_run *run, struct prometheus_question *question,
                       const struct prometheus_state *state) {
    double of, to;
    const char *problem;
    question->sum = true;
    if (!side_add(question, 0, state->of_count, &of, &problem) ||
        !side_add(question, state->of_count, state->count, &to, &problem))
        return data_fail(run, problem);
    if (!(to > 0))
        return data_fail(run, "nothing was counted: what the ratio is `to` did not grow above 0");
    probe_method(run, PROMETHEUS_NUMBER, text_format(question->arena, "%.17g of %.17g", of, to));
    if (is_count(of) && is_count(to) && of <= to)
        probe_emit_rate(run, PROMETHEUS_NUMBER, 0, (uint64_t)of, (uint64_t)to);
    else
        probe_emit(run, PROMETHEUS_NUMBER, 0, of / to);
    return true;
}

static bool series_emit(struct probe_run *run, const struct prometheus_question *question,
                        const struct prometheus_state *state) {
    double value;
    const char *problem;
    if (!prometheus_value(question, 0, &value, &problem)) return data_fail(run, problem);
    if (question->before)
        probe_method(
            run, PROMETHEUS_NUMBER,
            text_format(question->arena, "looked at twice, %.3f s apart", question->seconds));
    probe_emit(run, PROMETHEUS_NUMBER, 0, value * state->unit.scale);
    return true;
}

static bool scrapes_take(struct probe_run *run, struct arena *arena,
                         const struct prometheus_state *state) {
    const struct prometheus_config *config = run->config;
    struct prometheus_scrape before, after;
    enum probe_company company;
    double ignored;
    uint64_t start = clock_now();
    /* a look that no budget follows would only be asked for to be thrown away */
    bool twice = config->take != PROMETHEUS_VALUE;
    if (twice && !scrape(run, arena, state, &before)) return false;
    uint64_t first = clock_now();
    if (!spanned(run, &company, &ignored)) return false;
    twice = twice && company == PROBE_COMPANY_DONE;
    if (company == PROBE_COMPANY_DONE || config->take == PROMETHEUS_VALUE) {
        if (!scrape(run, arena, state, &after)) return false;
    } else {
        after = before;
    }
    struct prometheus_question question = {
        .arena = arena,
        .before = twice ? &before : NULL,
        .after = &after,
        .seconds = clock_seconds(twice ? first : start, clock_now()),
        .take = (enum prometheus_take)config->take,
        .sum = config->sum,
    };
    if (has_buckets(config)) return quantile_emit(run, &question, state);
    if (config->ratio.count) return ratio_emit(run, &question, state);
    return series_emit(run, &question, state);
}

static bool query_take(struct probe_run *run, struct arena *arena,
                       const struct prometheus_state *state) {
    const struct prometheus_config *config = run->config;
    struct prometheus_points points;
    struct fetch_answer answer;
    enum probe_company company;
    double seconds;
    const char *problem;
    if (!spanned(run, &company, &seconds)) return false;
    const char *query = prometheus_filled(arena, config->query, seconds);
    if (!prometheus_ask(run, arena, query, &answer)) return false;
    if (!prometheus_answer(arena, answer.body, answer.length, &points, &problem))
        return data_fail(run, problem);
    if (points.warnings)
        probe_remark(run, PROBE_WARNING,
                     text_format(arena, "the server warns: %s", points.warnings), NULL);
    probe_method(run, PROMETHEUS_NUMBER, text_format(arena, "PromQL: %s", query));
    for (size_t i = 0; i < points.count; i++)
        if (!probe_emit(run, PROMETHEUS_NUMBER, 0, points.items[i] * state->unit.scale)) break;
    return true;
}

static bool prometheus_sample(struct probe_run *run) {
    const struct prometheus_config *config = run->config;
    struct prometheus_state state;
    struct arena *arena = arena_new();
    bool good = prometheus_options(run, &state) &&
                (is_query(config) ? query_take : scrapes_take)(run, arena, &state);
    if (good && config->insecure)
        probe_remark(run, PROBE_WARNING, "the certificate was not checked (insecure)", NULL);
    prometheus_forget(&state);
    arena_free(arena);
    return good;
}

const struct probe prometheus_probe = {
    .abi = PROBE_ABI,
    .needs = PROBE_NETWORK | PROBE_ONCE | PROBE_SPANS,
    .name = "prometheus",
    .summary = "Reads metrics of a service: from its own endpoint, or by PromQL from a Prometheus "
               "server.",
    .target_help = "the URL of the endpoint, or with `query` of the Prometheus server",
    .target = PROBE_TARGET_TEXT,
    .options = prometheus_options_table,
    .option_count = array_length(prometheus_options_table),
    .option_size = sizeof(struct probe_option),
    .config_size = sizeof(struct prometheus_config),
    .check = prometheus_check,
    .sample = prometheus_sample,
};
