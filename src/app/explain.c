#include "app/explain.h"

#include <string.h>

#include "app/describe.h"
#include "app/exit_code.h"
#include "base/array.h"
#include "budget/budget_schema.h"
#include "budget/server.h"
#include "schema/field.h"

/* Every map of the budget file, each with the way to it. */
static const struct {
    const struct budget_keys *keys;
    const char *where;
} maps[] = {
    {&budget_keys_file, "top level of a budget file"},
    {&budget_keys_budget, "budgets.ID"},
    {&budget_keys_runs, "budgets.ID.runs"},
    {&budget_keys_bounds, "a limit as a map"},
    {&budget_keys_waiver, "budgets.ID.waiver"},
    {&budget_keys_profile, "profiles.NAME"},
    {&budget_keys_server, "servers.NAME"},
    {&budget_keys_ready, "servers.NAME.ready"},
};

static void add_key(struct text *out, const char *where, const struct budget_key *key) {
    text_add_format(out, "%s, a key of %s\n  %s\n", key->option.name, where, key->option.help);
    if (key->shape == KEY_VALUE || key->shape == KEY_VALUE_OR_MAP)
        text_add_format(out, "  value    %s\n", field_expectation(out->arena, &key->option));
    if (key->option.fallback && *key->option.fallback)
        text_add_format(out, "  default  %s\n", key->option.fallback);
    if (key->example) text_add_format(out, "  example  %s: %s\n", key->option.name, key->example);
}

static void explain_keys(struct text *out, const char *word) {
    for (size_t i = 0; i < array_length(maps); i++) {
        const struct budget_key *key = budget_key_find(maps[i].keys, word);
        if (key) add_key(out, maps[i].where, key);
    }
}

static void explain_code(struct text *out, const char *word) {
    enum diag_code code = diag_code_find(word);
    if (code != DIAG_CODE_COUNT) {
        const struct diag_code_row *row = &diag_codes[code];
        text_add_format(out, "%s, an error code (exit %d, %s)\n  %s\n  %s\n", row->word,
                        (int)row->class, exit_code_name((int)row->class), row->meaning,
                        row->remedy);
    }
    for (const struct exit_code_row *row = exit_codes; row->name; row++)
        if (strcmp(row->name, word) == 0 ||
            text_equal(word, text_format(out->arena, "%d", row->code)))
            text_add_format(out, "%s, exit code %d%s\n  %s\n", row->name, row->code,
                            row->code == EXIT_SIGNAL ? " + N" : "", row->when);
}

static void explain_statistic(struct text *out, const char *word) {
    struct statistic statistic;
    if (!statistic_parse(word, &statistic)) return;
    static const char *const meanings[] = {
        [STATISTIC_MIN] =
            "the smallest of the first `runs.min` runs; descriptive, without confidence",
        [STATISTIC_MAX] =
            "the largest of the first `runs.min` runs; descriptive, without confidence",
        [STATISTIC_MEAN] = "the mean, judged by Student's t on at least 20 batch means",
        [STATISTIC_QUANTILE] =
            "a quantile: that share of the samples is at most the value; judged after every run by "
            "an e-process, of fixed samples by exact binomial tails",
        [STATISTIC_STDDEV] = "the standard deviation; descriptive, without confidence",
        [STATISTIC_TOTAL] = "the sum of the samples; descriptive, without confidence",
        [STATISTIC_COUNT] = "the number of samples; descriptive, without confidence",
    };
    text_add_format(out, "%s, a statistic\n  %s\n", statistic_word(out->arena, &statistic),
                    meanings[statistic.kind]);
}

static void explain_metric(struct text *out, const struct probe_metric *metric, const char *of) {
    text_add_format(out, "%s, a metric of %s\n  %s\n  %s; %s; %s\n", metric->name, of, metric->help,
                    describe_unit(metric->unit), describe_better(metric->better),
                    describe_nature(out->arena, metric));
}

static void explain_options(struct text *out, const struct probe *probe, const char *word) {
    size_t count = 0;
    const struct described_option *options = describe_options(out->arena, probe, &count);
    for (size_t i = 0; i < count; i++) {
        const struct probe_option *row = options[i].row;
        if (strcmp(row->name, word) != 0 && strcmp(options[i].path, word) != 0) continue;
        text_add_format(out, "%s, an option of %s (below `with:%s%s`)\n  %s\n  value    %s\n",
                        row->name, probe->name, *options[i].where ? " " : "", options[i].where,
                        row->help, field_expectation(out->arena, row));
        if (row->fallback && *row->fallback) text_add_format(out, "  default  %s\n", row->fallback);
    }
}

static void explain_probe(struct text *out, const struct probe *probe, const char *origin,
                          const char *word) {
    if (strcmp(probe->name, word) == 0) text_add(out, describe_probe(out->arena, probe, origin));
    for (size_t i = 0; i < probe->metric_count; i++) {
        const struct probe_metric *metric = describe_metric(probe, i);
        if (strcmp(metric->name, word) == 0) explain_metric(out, metric, probe->name);
    }
    explain_options(out, probe, word);
}

void explain_word(struct text *out, const struct registry *registry, const char *word) {
    explain_keys(out, word);
    explain_code(out, word);
    explain_statistic(out, word);
    for (size_t i = 0; i < SERVER_METRICS; i++)
        if (strcmp(server_metrics[i].name, word) == 0)
            explain_metric(out, &server_metrics[i], "budgets that name a `server`");
    for (size_t i = 0; i < registry->count; i++)
        explain_probe(out, registry->probes[i], registry->origins[i], word);
}

const char **explain_words(struct arena *arena, const struct registry *registry, size_t *count) {
    const char **words = NULL;
    *count = 0;
    for (int code = 0; code < DIAG_CODE_COUNT; code++)
        *array_add(arena, words, *count) = diag_codes[code].word;
    for (size_t i = 0; i < array_length(maps); i++)
        for (size_t row = 0; row < maps[i].keys->count; row++)
            *array_add(arena, words, *count) = maps[i].keys->rows[row].option.name;
    for (size_t i = 0; i < SERVER_METRICS; i++)
        *array_add(arena, words, *count) = server_metrics[i].name;
    for (size_t i = 0; i < registry->count; i++) {
        const struct probe *probe = registry->probes[i];
        *array_add(arena, words, *count) = probe->name;
        for (size_t m = 0; m < probe->metric_count; m++)
            *array_add(arena, words, *count) = describe_metric(probe, m)->name;
        size_t options = 0;
        const struct described_option *option = describe_options(arena, probe, &options);
        for (size_t o = 0; o < options; o++) *array_add(arena, words, *count) = option[o].row->name;
    }
    return words;
}
