#include <ctype.h>
#include <string.h>

#include "base/array.h"
#include "base/quote.h"
#include "base/suggest.h"
#include "base/text.h"
#include "budget/label.h"
#include "budget/limit.h"

/* What a key consists of, as written; NULL for what it lacks. */
struct key_parts {
    const char *metric, *labels, *statistic;
};

/* Where the parts of one key are looked up and complained about. */
struct key_lookup {
    struct arena *arena;
    const struct metrics *metrics;
    struct place place;
    struct diags *diags;
};

static bool key_malformed(struct arena *arena, const char *text, struct place place,
                          const char *hint, struct diags *diags) {
    return diag_error(diags, BUDGET_LIMIT_KEY, place, hint, "%s is no key of a limit",
                      quote(arena, text));
}

static bool split_labels(struct arena *arena, const char *text, struct place place,
                         struct key_parts *parts, struct diags *diags) {
    /* labels may hold brackets themselves (`pages/[id].js`), statistics none: the last one ends */
    const char *open = strchr(text, '['), *close = strrchr(text, ']');
    if (!open || !close || close < open)
        return key_malformed(arena, text, place, "a label stands between [ and ]", diags);
    if (close[1] != '\0' && close[1] != '.')
        return key_malformed(arena, text, place,
                             "after ] comes nothing, or a point and a statistic", diags);
    parts->metric = text_copy_bytes(arena, text, (size_t)(open - text));
    parts->labels = text_copy_bytes(arena, open + 1, (size_t)(close - open) - 1);
    parts->statistic = close[1] ? close + 2 : NULL;
    const char *point = strchr(parts->metric, '.');
    if (point || parts->metric[0] == '\0')
        return key_malformed(arena, text, place,
                             "the label comes after the metric and before the statistic, as in "
                             "`metric[label].p95`",
                             diags);
    return true;
}

static bool key_split(struct arena *arena, const char *text, struct place place,
                      struct key_parts *parts, struct diags *diags) {
    struct statistic statistic;
    *parts = (struct key_parts){0};
    if (strpbrk(text, "[]")) return split_labels(arena, text, place, parts, diags);
    if (statistic_parse(text, &statistic)) {
        parts->statistic = text;
        return true;
    }
    const char *point = strchr(text, '.');
    parts->metric = point ? text_copy_bytes(arena, text, (size_t)(point - text)) : text;
    parts->statistic = point ? point + 1 : NULL;
    if (parts->metric[0] == '\0' || (point && point[1] == '\0'))
        return key_malformed(arena, text, place, "write `metric` or `metric.statistic`", diags);
    return true;
}

static size_t words_count(const char *const *words) {
    size_t count = 0;
    while (words[count]) count++;
    return count;
}

static const char *metric_hint(struct arena *arena, const struct metrics *metrics,
                               const char *name) {
    const char **names = arena_alloc(arena, (metrics->count + 1) * sizeof *names);
    for (size_t i = 0; i < metrics->count; i++) names[i] = metrics->items[i]->name;
    const char *near = suggest(name, names, metrics->count);
    if (!near) near = suggest(name, statistic_words, words_count(statistic_words));
    if ((name[0] == 'P' || name[0] == 'p') && isdigit((unsigned char)name[1])) {
        struct statistic statistic;
        near = text_format(arena, "p%s", name + 1);
        if (!statistic_parse(near, &statistic))
            return "a quantile is written `p50`, `p95` or `p99.9`; the largest value is `max`";
    }
    if (near) return text_format(arena, "did you mean %s?", quote(arena, near));
    struct text list = text_begin(arena);
    text_add(&list, "its metrics are");
    enum { SHOWN = 12 };
    for (size_t i = 0; i < metrics->count && i < SHOWN; i++)
        text_add_format(&list, " %s", text_inert(arena, names[i]));
    if (metrics->count > SHOWN) text_add(&list, " ...");
    return list.data;
}

static bool key_metric(const struct key_lookup *k, const struct key_parts *parts,
                       struct limit *limit) {
    struct statistic statistic;
    int found = parts->metric ? metric_find(k->metrics, parts->metric) : 0;
    if (found >= 0 && (size_t)found < k->metrics->count) {
        limit->metric = (uint32_t)found;
        return true;
    }
    const char *name = parts->metric ? parts->metric : "";
    if (parts->labels && statistic_parse(name, &statistic) && k->metrics->count)
        return diag_error(k->diags, BUDGET_LIMIT_KEY, k->place,
                          text_format(k->arena, "write `%s[%s].%s`", k->metrics->items[0]->name,
                                      text_inert(k->arena, parts->labels), name),
                          "a label belongs to a metric, and %s is a statistic",
                          quote(k->arena, name));
    return diag_error(k->diags, BUDGET_LIMIT_METRIC, k->place,
                      metric_hint(k->arena, k->metrics, name), "there is no metric %s here",
                      quote(k->arena, name));
}

static bool statistic_unknown(struct arena *arena, const char *word, struct place place,
                              struct diags *diags) {
    const char *near = suggest(word, statistic_words, words_count(statistic_words));
    bool quantile = (word[0] == 'p' || word[0] == 'P') && isdigit((unsigned char)word[1]);
    const char *hint = "statistics are min max mean median p50..p99.99 stddev total count";
    if (quantile) hint = "a quantile is written `p50`, `p95` or `p99.9`";
    if (near && !quantile) hint = text_format(arena, "did you mean %s?", quote(arena, near));
    return diag_error(diags, BUDGET_LIMIT_STATISTIC, place, hint, "%s is no statistic",
                      quote(arena, word));
}

/* An exact metric repeats to the last digit, so every statistic of it would be the value itself, or
 * the number of runs in disguise: it takes none. Likewise what is one number by itself (derive),
 * whose row has the statistic "". */
static bool key_statistic(const struct key_lookup *k, const struct key_parts *parts,
                          struct limit *limit) {
    const struct probe_metric *metric = k->metrics->items[limit->metric];
    const char *usual = metric->statistic ? metric->statistic : "median";
    bool single = metric->nature == PROBE_EXACT || usual[0] == '\0';
    const char *labels = parts->labels ? text_inert(k->arena, parts->labels) : NULL;
    if (!parts->statistic) {
        limit->statistical = !single;
        if (!single) statistic_parse(usual, &limit->statistic);
        return true;
    }
    if (!statistic_parse(parts->statistic, &limit->statistic))
        return statistic_unknown(k->arena, parts->statistic, k->place, k->diags);
    limit->statistical = true;
    if (!single) return true;
    return diag_error(k->diags, BUDGET_LIMIT_STATISTIC, k->place,
                      labels ? text_format(k->arena, "write `%s[%s]`", metric->name, labels)
                             : text_format(k->arena, "write `%s`", metric->name),
                      "%s is one number, not samples: it has no statistic %s",
                      quote(k->arena, metric->name), quote(k->arena, parts->statistic));
}

static const char *key_canonical(struct arena *arena, const struct limit *limit,
                                 const struct probe_metric *metric) {
    struct text key = text_begin(arena);
    text_add(&key, metric->name);
    label_pattern_write(&key, metric, &limit->pattern);
    if (limit->statistical) text_add_format(&key, ".%s", statistic_word(arena, &limit->statistic));
    return key.data;
}

bool limit_key_read(struct arena *arena, const char *text, const struct metrics *metrics,
                    bool only_relative, struct place place, struct limit *limit,
                    struct diags *diags) {
    struct key_parts parts;
    struct limit read = {0};
    const struct key_lookup lookup = {arena, metrics, place, diags};
    if (!key_split(arena, text, place, &parts, diags) || !key_metric(&lookup, &parts, &read))
        return false;
    const struct probe_metric *metric = metrics->items[read.metric];
    const struct label_reading labels = {arena, parts.labels, metric, place, diags};
    bool good = key_statistic(&lookup, &parts, &read);
    if (good && only_relative && read.statistical && !parts.statistic)
        statistic_parse("median", &read.statistic);
    if (!label_pattern_read(&labels, &read.pattern) || !good) return false;
    limit->key = key_canonical(arena, &read, metric);
    limit->metric = read.metric;
    limit->statistic = read.statistic;
    limit->statistical = read.statistical;
    limit->pattern = read.pattern;
    return true;
}
