#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "budget/derive.h"
#include "report/attribution.h"
#include "report/reader.h"
#include "verdict/expression.h"

/* Not more runs than this were ever asked for; keeps sums of them within size_t and double. */
static const size_t RUNS_MAX = 1000000000;

static bool read_dimensions(struct reader *reader, const json *object,
                            struct probe_metric *metric) {
    const json *list;
    if (!take_list(reader, object, "dimensions", &list)) return false;
    size_t count = json_count(list), at = 0;
    if (count > METRIC_DIMENSIONS_MAX) return reader_wrong(reader, "dimensions", "are too many");
    if (count == 0) return true;
    struct probe_dimension *dimensions =
        arena_alloc(reader->arena, (count + 1) * sizeof *dimensions);
    for (const json *item = json_first(list); item; item = json_next(item), at++) {
        dimensions[at].help = "";
        if (!take_text(reader, item, "name", &dimensions[at].name) ||
            !take_flag(reader, item, "complete", &dimensions[at].complete))
            return false;
    }
    metric->dimensions = dimensions;
    return true;
}

static bool read_part_names(struct reader *reader, const json *object,
                            struct probe_metric *metric) {
    struct probe_texts names;
    if (!json_get(object, "parts")) return true;
    if (!take_texts(reader, object, "parts", &names)) return false;
    const char **parts = arena_alloc(reader->arena, (names.count + 1) * sizeof *parts);
    for (size_t i = 0; i < names.count; i++) parts[i] = names.items[i];
    metric->parts = parts;
    return true;
}

static bool read_metric(struct reader *reader, const json *object, struct metrics *metrics) {
    struct probe_metric *metric = arena_new_object(reader->arena, struct probe_metric);
    int unit, better, nature, fold;
    if (!take_text(reader, object, "metric", &metric->name) ||
        !take_word(reader, object, "unit", &words_unit, &unit) ||
        !take_word(reader, object, "better", &words_better, &better) ||
        !take_word(reader, object, "nature", &words_nature, &nature) ||
        !take_word(reader, object, "fold", &words_fold, &fold) ||
        !take_text_or_null(reader, object, "statistic", &metric->statistic) ||
        !read_dimensions(reader, object, metric) || !read_part_names(reader, object, metric) ||
        (json_get(object, "unnamed") && !take_text(reader, object, "unnamed", &metric->unnamed)))
        return false;
    metric->help = "";
    metric->unit = (enum probe_unit)unit;
    metric->better = (enum probe_better)better;
    metric->nature = (enum probe_nature)nature;
    metric->fold = (enum probe_fold)fold;
    if (metric_find(metrics, metric->name) >= 0)
        return reader_wrong(reader, "declared", "names a metric twice");
    *array_add(reader->arena, metrics->items, metrics->count) = metric;
    return true;
}

static bool read_metrics(struct reader *reader, const json *object, struct metrics *metrics) {
    const json *list;
    if (!take_list(reader, object, "declared", &list)) return false;
    for (const json *item = json_first(list); item; item = json_next(item))
        if (!read_metric(reader, item, metrics)) return false;
    return true;
}

static bool read_waiver(struct reader *reader, const json *object, struct waiver *waiver) {
    const json *item;
    double days;
    int state;
    if (json_is_null(json_get(object, "waiver"))) return true;
    if (!take_object(reader, object, "waiver", &item) ||
        !take_text(reader, item, "until", &waiver->until_text) ||
        !take_text_or_null(reader, item, "reason", &waiver->reason) ||
        !take_number(reader, item, "days_left", &days) ||
        !take_word(reader, item, "state", &words_waiver, &state) ||
        !take_location(reader, item, "location", &waiver->place))
        return false;
    if (!clock_date_parse(waiver->until_text, &waiver->until))
        return reader_wrong(reader, "waiver", "has no date");
    if (fabs(days) > 1e7) return reader_wrong(reader, "waiver", "is too far away");
    waiver->days_left = (int64_t)days;
    waiver->state = (enum waiver_state)state;
    return true;
}

/* The probe of this report; not the one built in, which may be of another version. */
static const struct probe *probe_standing_in(struct reader *reader, const char *name,
                                             uint32_t needs) {
    struct probe *probe = arena_new_object(reader->arena, struct probe);
    *probe = (struct probe){
        .abi = PROBE_ABI,
        .needs = needs,
        .name = name,
        .summary = "",
        .target_help = "",
        .metric_size = sizeof(struct probe_metric),
        .option_size = sizeof(struct probe_option),
    };
    return probe;
}

static bool read_sampling(struct reader *reader, const json *object, struct budget *budget) {
    const json *sampling;
    const char *probe;
    bool once;
    if (!take_object(reader, object, "sampling", &sampling) ||
        !take_count(reader, sampling, "min", &budget->runs.min) ||
        !take_count(reader, sampling, "max", &budget->runs.max) ||
        !take_flag(reader, sampling, "fixed", &budget->runs.fixed) ||
        !take_flag(reader, sampling, "once", &once) ||
        !take_text_or_null(reader, object, "probe", &probe))
        return false;
    if (budget->runs.max > RUNS_MAX || budget->runs.min > budget->runs.max)
        return reader_wrong(reader, "sampling", "has an impossible number of runs");
    uint32_t needs = (once ? PROBE_ONCE : 0) |
                     (once && json_flag(json_get(sampling, "stream"), false) ? PROBE_STREAM : 0);
    if (probe) budget->probe = probe_standing_in(reader, probe, needs);
    return true;
}

static bool read_identity(struct reader *reader, const json *object, struct budget *budget) {
    int severity, on_inconclusive;
    if (!take_text(reader, object, "id", &budget->id) ||
        !take_text_or_null(reader, object, "title", &budget->title) ||
        !take_text_or_null(reader, object, "why", &budget->why) ||
        !take_text_or_null(reader, object, "fix", &budget->fix) ||
        !take_text_or_null(reader, object, "owner", &budget->owner) ||
        !take_texts(reader, object, "tags", &budget->tags) ||
        !take_word(reader, object, "severity", &words_severity, &severity) ||
        !take_word(reader, object, "on_inconclusive", &words_inconclusive, &on_inconclusive) ||
        !take_number(reader, object, "confidence", &budget->confidence))
        return false;
    budget->severity = (enum budget_severity)severity;
    budget->on_inconclusive = (enum budget_inconclusive)on_inconclusive;
    if (!(budget->confidence >= 0.5 && budget->confidence < 1))
        return reader_wrong(reader, "confidence", "is not between 0.5 and 1");
    return *budget->id || reader_wrong(reader, "id", "is empty");
}

bool read_budget(struct reader *reader, const json *object, struct budget *budget) {
    if (!read_identity(reader, object, budget) ||
        !take_flag(reader, object, "selected", &budget->selected) ||
        !take_flag(reader, object, "leaned_on", &budget->leaned_on) ||
        !take_text_or_null(reader, object, "skipped", &budget->skipped) ||
        !take_text_or_null(reader, object, "target", &budget->target_text) ||
        (json_get(object, "options") &&
         !take_text_or_null(reader, object, "options", &budget->options)) ||
        !take_location(reader, object, "location", &budget->place) ||
        !read_sampling(reader, object, budget) || !read_waiver(reader, object, &budget->waiver) ||
        !read_metrics(reader, object, &budget->metrics))
        return false;
    bool *wanted = arena_alloc(reader->arena, (budget->metrics.count + 1) * sizeof *wanted);
    memset(wanted, true, budget->metrics.count * sizeof *wanted);
    budget->wanted = wanted;
    budget->explaining =
        arena_alloc(reader->arena, (budget->metrics.count + 1) * sizeof *budget->explaining);
    budget->file = budget->place.file;
    return true;
}

static bool read_of(struct reader *reader, const json *object, struct budget_set *set,
                    struct budget *budget) {
    if (!take_text(reader, object, "of", &budget->of)) return false;
    const struct budget *source = budget_find(set, budget->of);
    if (!source) return reader_wrong(reader, "of", "names no budget");
    budget->source = (size_t)(source - set->budgets);
    return true;
}

static bool read_derive(struct reader *reader, const json *object, struct budget_set *set,
                        struct budget *budget) {
    const char *text;
    double kilobyte;
    struct derive *derive = arena_new_object(reader->arena, struct derive);
    if (!take_text(reader, object, "derive", &text) ||
        !take_number(reader, object, "kilobyte", &kilobyte))
        return false;
    if (kilobyte != 1000 && kilobyte != 1024)
        return reader_wrong(reader, "kilobyte", "is neither 1000 nor 1024");
    if (!derive_parse(reader->arena, set, text, kilobyte, budget->place, derive, reader->diags))
        return false;
    budget->derive = derive;
    return true;
}

/* Whether everything the budget leans on has been found to end somewhere. */
static bool tree_ends(const struct derive_node *node, const bool *ends) {
    if (node->kind == DERIVE_NUMBER) return true;
    if (node->kind == DERIVE_OPERAND) return ends[node->budget];
    return tree_ends(node->left, ends) && tree_ends(node->right, ends);
}

static bool leaning_ends(struct reader *reader, const struct budget_set *set) {
    bool *ends = arena_alloc(reader->arena, (set->count + 1) * sizeof *ends);
    size_t found = 0;
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < set->count; i++) {
            const struct budget *budget = &set->budgets[i];
            if (ends[i] || (budget->of && !ends[budget->source]) ||
                (budget->derive && !tree_ends(budget->derive->root, ends)))
                continue;
            ends[i] = more = true;
            found++;
        }
    }
    return found == set->count || reader_wrong(reader, "budgets", "lean on each other in a circle");
}

/* A budget that judges another's measurement sees the metrics of that one, by the same numbers. */
static bool share_metrics(struct reader *reader, struct budget_set *set) {
    for (size_t i = 0; i < set->count; i++) {
        if (!set->budgets[i].of) continue;
        const struct budget *source = &set->budgets[verdict_source(set, i)];
        if (source->of) return reader_wrong(reader, "of", "leads round in a circle");
        set->budgets[i].metrics = source->metrics;
        set->budgets[i].wanted = source->wanted;
        set->budgets[i].explaining = source->explaining;
    }
    return true;
}

static bool read_links(struct reader *reader, const json *budgets, struct budget_set *set,
                       bool derived) {
    size_t i = 0;
    for (const json *object = json_first(budgets); object; object = json_next(object), i++) {
        struct budget *budget = &set->budgets[i];
        bool of = json_get(object, "of"), derive = json_get(object, "derive");
        reader->where = text_format(reader->arena, "budgets[%zu]", i);
        if ((budget->probe != NULL) + of + derive != 1)
            return reader_wrong(reader, "probe", "must be one of probe, of and derive");
        if (of && !derived && !read_of(reader, object, set, budget)) return false;
        if (derive && derived && !read_derive(reader, object, set, budget)) return false;
    }
    reader->where = "";
    return true;
}

bool read_leaning(struct reader *reader, const json *budgets, struct budget_set *set) {
    return read_links(reader, budgets, set, false) && share_metrics(reader, set) &&
           read_links(reader, budgets, set, true) && leaning_ends(reader, set);
}
