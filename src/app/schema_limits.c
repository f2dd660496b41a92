/* What editors complete and explain below `limits`: the metrics of the budget's probe, and of its
 * first metric the statistics, which stand for themselves. Other keys are open, as metrics are also
 * read from outputs and come with servers; loading knows them all. */
#include "app/describe.h"
#include "app/schema_value.h"
#include "base/array.h"
#include "base/text.h"

static const struct {
    const char *word, *help;
} statistics[] = {
    {"median", "half of the samples are at most as large"},
    {"p90", "90 % of the samples are at most as large"},
    {"p95", "95 % of the samples are at most as large; proven with some 60 samples"},
    {"p99", "99 % of the samples are at most as large; proven with some 300 samples"},
    {"mean", "of all samples; judged from 60 samples on"},
    {"max", "the largest of the first `runs.min` runs, without confidence"},
    {"min", "the smallest of the first `runs.min` runs, without confidence"},
};

static const char *metric_help(struct arena *arena, const struct probe_metric *metric) {
    struct text help = text_begin(arena);
    text_add_format(&help, "%s %s; %s; %s.", metric->help, describe_unit(metric->unit),
                    describe_better(metric->better), describe_nature(arena, metric));
    for (const struct probe_dimension *d = metric->dimensions; d && d->name; d++)
        text_add_format(&help, " [%s]: %s.", d->name, d->help);
    return help.data;
}

static const char *example_of(enum probe_unit unit) {
    switch (unit) {
    case PROBE_COUNT:
        return "100";
    case PROBE_BYTES:
        return "100KB";
    case PROBE_SECONDS:
        return "200ms";
    case PROBE_PER_SECOND:
        return "1000/s";
    case PROBE_RATIO:
        return "1%";
    case PROBE_BYTES_PER_SECOND:
        return "1MB/s";
    }
    return "100";
}

static void put_limit(json *keys, const char *name, const struct probe_metric *metric,
                      const char *help) {
    json *limit = json_put_object(keys, name);
    json_put_text(limit, "$ref", "#/$defs/limit");
    json_put_text(limit, "description", help);
    json_push_text(json_put_list(limit, "examples"), example_of(metric->unit));
}

void put_limit_keys(struct arena *arena, json *definitions, const struct probe *probe) {
    json *schema = json_put_object(definitions, text_format(arena, "limits-%s", probe->name));
    put_map_type(schema);
    json_put_text(schema, "description",
                  text_format(arena,
                              "Limits on what %s measures: METRIC, METRIC.STATISTIC or "
                              "METRIC[LABEL].STATISTIC.",
                              probe->name));
    json *names = json_put_object(schema, "properties");
    json *patterns = json_put_object(schema, "patternProperties");
    for (size_t i = 0; i < probe->metric_count; i++) {
        const struct probe_metric *metric = describe_metric(probe, i);
        const char *help = metric_help(arena, metric);
        put_limit(names, metric->name, metric, help);
        put_limit(patterns, text_format(arena, "^%s[.\\[]", metric->name), metric, help);
    }
    const struct probe_metric *first = probe->metric_count ? describe_metric(probe, 0) : NULL;
    for (size_t i = 0; first && first->nature == PROBE_NOISY && i < array_length(statistics); i++)
        put_limit(names, statistics[i].word, first,
                  text_format(arena, "%s of `%s`: %s.", statistics[i].word, first->name,
                              statistics[i].help));
    put_reference(schema, "additionalProperties", "limit", arena);
}
