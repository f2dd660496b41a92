#include "probes/prometheus_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

enum { NAMED_MAX = 5 };

static bool refuse(const char **problem, const char *why) {
    *problem = why;
    return false;
}

/* A counter's name by convention, where nobody told its type. */
static bool counts(enum prometheus_type type, const char *name) {
    switch (type) {
    case PROMETHEUS_COUNTER:
    case PROMETHEUS_HISTOGRAM:
        return true;
    case PROMETHEUS_UNTYPED:
        return text_ends(name, "_total") || text_ends(name, "_count") || text_ends(name, "_sum") ||
               text_ends(name, "_bucket");
    case PROMETHEUS_GAUGE:
    case PROMETHEUS_SUMMARY:
        break;
    }
    return false;
}

static bool takes_change(const struct prometheus_question *question, size_t selector,
                         const char *name) {
    if (!question->before || question->take == PROMETHEUS_VALUE) return false;
    return question->take != PROMETHEUS_AUTO || counts(question->after->types[selector], name);
}

/* Whoever is scraped was started anew: what it counted before is lost. */
static bool restarted(const struct prometheus_question *question) {
    double before = question->before->started, after = question->after->started;
    return isfinite(before) && isfinite(after) && before != after;
}

/* What came of one series; a series that is new began at 0, as series with labels do. */
static bool series_value(const struct prometheus_question *question, bool change,
                         const struct prometheus_series *series, double *value,
                         const char **problem) {
    struct arena *arena = question->arena;
    const char *key = text_inert(arena, series->key);
    *value = series->sample.value;
    if (!isfinite(*value))
        return refuse(problem, text_format(arena, "the value of %s is %s", key,
                                           isnan(*value) ? "NaN" : "infinite"));
    if (!change) return true;
    const struct prometheus_series *before = prometheus_find(question->before, series->key);
    double first = before ? before->sample.value : 0;
    if (!isfinite(first))
        return refuse(problem, text_format(arena, "the value of %s was not finite before", key));
    *value -= first;
    if (*value < 0)
        return refuse(problem,
                      text_format(arena, "the counter %s was reset: it went from %.17g to %.17g",
                                  key, first, series->sample.value));
    return true;
}

static bool nothing_is_gone(const struct prometheus_question *question, size_t selector,
                            const char **problem) {
    for (size_t i = 0; i < question->before->count; i++) {
        const struct prometheus_series *series = &question->before->series[i];
        if ((series->groups >> selector & 1) && !prometheus_find(question->after, series->key))
            return refuse(problem, text_format(question->arena, "the series %s is gone",
                                               text_inert(question->arena, series->key)));
    }
    return true;
}

static bool change_is_sound(const struct prometheus_question *question, size_t selector,
                            const char **problem) {
    if (restarted(question))
        return refuse(problem, "it was started anew meanwhile (process_start_time_seconds)");
    return nothing_is_gone(question, selector, problem);
}

static bool several(const struct prometheus_question *question, size_t selector, size_t count,
                    const char **problem) {
    struct text names = text_begin(question->arena);
    size_t shown = 0;
    for (size_t i = 0; i < question->after->count && shown < NAMED_MAX; i++)
        if (question->after->series[i].groups >> selector & 1)
            text_add_format(&names, "%s%s", shown++ ? ", " : "",
                            text_inert(question->arena, question->after->series[i].key));
    const char *what = question->after->selectors[selector].text;
    return refuse(problem, text_format(question->arena, "`%s` means %zu series: %s%s",
                                       text_inert(question->arena, what), count, names.data,
                                       count > shown ? ", ..." : ""));
}

bool prometheus_value(const struct prometheus_question *question, size_t selector, double *value,
                      const char **problem) {
    const struct prometheus_scrape *after = question->after;
    const struct prometheus_selector *what = &after->selectors[selector];
    bool change = takes_change(question, selector, what->name);
    size_t count = 0;
    *value = 0;
    if (change && !change_is_sound(question, selector, problem)) return false;
    for (size_t i = 0; i < after->count; i++) {
        double one;
        if (!(after->series[i].groups >> selector & 1)) continue;
        if (!series_value(question, change, &after->series[i], &one, problem)) return false;
        *value += one;
        count++;
    }
    if (count == 0)
        return refuse(problem, text_format(question->arena, "there is no series `%s`",
                                           text_inert(question->arena, what->text)));
    if (count > 1 && !question->sum) return several(question, selector, count, problem);
    if (change && question->take == PROMETHEUS_PER_SECOND) *value /= question->seconds;
    return isfinite(*value) || refuse(problem, "the sum is not finite");
}

struct bucket {
    double le, count; /* of all at or below le */
};

struct buckets {
    struct bucket *items;
    size_t count;
};

static int bucket_compare(const void *a, const void *b) {
    const struct bucket *x = a, *y = b;
    return x->le < y->le ? -1 : x->le > y->le;
}

/* One bucket of each series; those with the same edge are added. */
static bool bucket_add(const struct prometheus_question *question, bool change,
                       const struct prometheus_series *series, struct buckets *buckets,
                       const char **problem) {
    const char *edge = prometheus_label(&series->sample, "le");
    struct bucket bucket;
    if (!edge || !prometheus_number(edge, strlen(edge), &bucket.le) || isnan(bucket.le))
        return refuse(problem, text_format(question->arena, "the bucket %s has no edge (le)",
                                           text_inert(question->arena, series->key)));
    if (!series_value(question, change, series, &bucket.count, problem)) return false;
    for (size_t i = 0; i < buckets->count; i++)
        if (buckets->items[i].le == bucket.le) {
            buckets->items[i].count += bucket.count;
            return true;
        }
    *array_add(question->arena, buckets->items, buckets->count) = bucket;
    return true;
}

/* Histograms that are added must have the same edges, else the sums mean nothing. */
static bool groups_agree(const struct prometheus_question *question, size_t edges,
                         const char **problem) {
    const struct prometheus_scrape *after = question->after;
    const char **groups = NULL;
    size_t count = 0, members = 0;
    for (size_t i = 0; i < after->count; i++) {
        const char *group = prometheus_key(question->arena, &after->series[i].sample, "le");
        size_t known = 0;
        while (known < count && strcmp(groups[known], group) != 0) known++;
        if (known == count) *array_add(question->arena, groups, count) = group;
        members++;
    }
    if (count > 1 && !question->sum) {
        return refuse(problem, text_format(question->arena, "`%s` means %zu histograms: %s, %s%s",
                                           text_inert(question->arena, after->selectors[0].text),
                                           count, text_inert(question->arena, groups[0]),
                                           text_inert(question->arena, groups[1]),
                                           count > 2 ? ", ..." : ""));
    }
    return members == count * edges ||
           refuse(problem, "the histograms it means have different buckets");
}

static bool buckets_collect(const struct prometheus_question *question, struct buckets *buckets,
                            const char **problem) {
    const struct prometheus_scrape *after = question->after;
    bool change = question->before && question->take != PROMETHEUS_VALUE;
    if (change && !change_is_sound(question, 0, problem)) return false;
    for (size_t i = 0; i < after->count; i++)
        if (!bucket_add(question, change, &after->series[i], buckets, problem)) return false;
    if (buckets->count == 0)
        return refuse(problem, text_format(question->arena, "there is no histogram `%s`",
                                           text_inert(question->arena, after->selectors[0].text)));
    return groups_agree(question, buckets->count, problem);
}

static bool buckets_sound(const struct bucket *buckets, size_t count, const char **problem) {
    if (count < 2 || buckets[count - 1].le != (double)INFINITY)
        return refuse(problem, "the histogram has no bucket +Inf besides others");
    for (size_t i = 1; i < count; i++)
        if (buckets[i].count < buckets[i - 1].count)
            return refuse(problem, "the counts of the buckets do not grow with their edges");
    return buckets[count - 1].count > 0 || refuse(problem, "nothing was observed");
}

bool prometheus_quantile(const struct prometheus_question *question, double q,
                         struct prometheus_between *between, const char **problem) {
    struct buckets all = {0};
    size_t at = 0;
    if (!buckets_collect(question, &all, problem)) return false;
    struct bucket *buckets = all.items;
    size_t count = all.count;
    qsort(buckets, count, sizeof *buckets, bucket_compare);
    if (!buckets_sound(buckets, count, problem)) return false;
    double rank = q * buckets[count - 1].count;
    while (at + 1 < count && buckets[at].count < rank) at++;
    double below = at ? buckets[at - 1].count : 0;
    between->high = buckets[at].le;
    between->low = at ? buckets[at - 1].le : fmin(0, buckets[0].le);
    between->value = between->low;
    if (isfinite(between->high) && buckets[at].count > below)
        between->value +=
            (between->high - between->low) * (rank - below) / (buckets[at].count - below);
    return true;
}
