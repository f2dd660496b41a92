#include "probe/record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "base/units.h"
#include "probe/record_stream.h"

/* Beyond, events could no longer be counted in a double. */
static const uint64_t events_max = UINT64_C(1) << 53;

void record_begin(struct record *record, struct arena *arena, struct arena *scratch,
                  const struct metrics *metrics) {
    *record = (struct record){.arena = arena,
                              .scratch = scratch,
                              .metrics = metrics,
                              .labels = labels_begin(arena, scratch)};
    record->seed = record->labels.seed;
    record->samples = arena_alloc(arena, metrics->count * sizeof *record->samples);
    record->emitted = arena_alloc(arena, metrics->count * sizeof *record->emitted);
    record->strides = arena_alloc(arena, metrics->count * sizeof *record->strides);
    record->seen = arena_alloc(arena, metrics->count * sizeof *record->seen);
    for (size_t i = 0; i < metrics->count; i++) record->strides[i] = 1;
}

/* Puts the values of a label where the metric has their dimensions. */
static const char *slot_label(struct record *record, const struct probe_metric *metric,
                              probe_label_id number, struct series *series) {
    if (number == 0) return NULL;
    const struct label *label = labels_find(&record->labels, number);
    if (!label) return "emitted a label that does not exist";
    for (unsigned i = 0; i < label->count; i++) {
        int dimension = metric_dimension(metric, label->dimensions[i]);
        if (dimension < 0)
            return text_format(record->arena,
                               "labelled the metric `%s` by `%s`, which is none of "
                               "its dimensions",
                               metric->name, label->dimensions[i]);
        series->labels[dimension] = label->values[i];
    }
    return NULL;
}

static struct slot *slot_new(struct record *record, uint32_t metric, probe_label_id label,
                             uint64_t hash, const char **problem) {
    struct series series = {.metric = metric};
    *problem = slot_label(record, record->metrics->items[metric], label, &series);
    if (*problem) return NULL;
    struct slot *slot = pieces_add(record->scratch, record->slots, record->count);
    slot->series = series;
    slot->label = label;
    slot->first = pieces_add(record->arena, record->firsts, record->first_count);
    table_add(record->scratch, &record->table, hash, (uint32_t)record->count);
    return slot;
}

static struct slot *slot_find(struct record *record, uint32_t metric, probe_label_id label,
                              const char **problem) {
    if (metric >= record->metrics->count) {
        *problem = text_format(record->arena, "emitted metric number %u, which does not exist",
                               (unsigned)metric);
        return NULL;
    }
    const uint32_t key[] = {metric, label};
    uint64_t hash = table_hash(record->seed, key, sizeof key);
    uint32_t number;
    for (size_t at = 0; (number = table_next(&record->table, hash, &at));) {
        struct slot *slot = pieces_at(record->slots, number - 1);
        if (slot->series.metric == metric && slot->label == label) return slot;
    }
    return slot_new(record, metric, label, hash, problem);
}

static const struct probe_metric *slot_metric(const struct record *record,
                                              const struct slot *slot) {
    return record->metrics->items[slot->series.metric];
}

/* "`gzip[a.js]`" */
static const char *slot_text(const struct record *record, const struct slot *slot) {
    const struct probe_metric *metric = slot_metric(record, slot);
    const char *label = series_label(record->arena, metric, &slot->series);
    if (!*label) return text_format(record->arena, "`%s`", metric->name);
    return text_format(record->arena, "`%s[%s]`", metric->name, label);
}

static const char *not_exact(struct record *record, const struct slot *slot, double a, double b) {
    record->inexact = true;
    return text_format(record->arena, "gave the exact metric %s both as %s and as %s",
                       slot_text(record, slot), number_text(record->arena, a),
                       number_text(record->arena, b));
}

/* Room for one more sample: the first stands in the slot. */
static double *sample_room(struct record *record, struct slot *slot) {
    struct series *series = &slot->series;
    if (series->count == 0 && (!series->samples || series->samples == &slot->first->sample)) {
        series->samples = &slot->first->sample;
        return &series->samples[series->count++];
    }
    if (series->samples == &slot->first->sample) {
        size_t none = 0;
        double *more = NULL;
        *array_add(record->arena, more, none) = slot->first->sample;
        series->samples = more;
    }
    return array_add(record->arena, series->samples, series->count);
}

/* Likewise for the end of a run. */
static size_t *end_room(struct record *record, struct slot *slot) {
    struct series *series = &slot->series;
    if (series->runs == 0) {
        series->run_ends = &slot->first->end;
        return &series->run_ends[series->runs++];
    }
    if (series->run_ends == &slot->first->end) {
        size_t none = 0, *more = NULL;
        *array_add(record->arena, more, none) = slot->first->end;
        series->run_ends = more;
    }
    return array_add(record->arena, series->run_ends, series->runs);
}

static const char *slot_add(struct record *record, struct slot *slot, double value) {
    struct series *series = &slot->series;
    if (is_stream(record, slot)) {
        stream_add(record, slot, value);
        return NULL;
    }
    if (slot_metric(record, slot)->nature == PROBE_EXACT && series->count > slot->kept) {
        double before = series->samples[series->count - 1];
        return before == value ? NULL : not_exact(record, slot, before, value);
    }
    if (++record->samples[series->metric] > SAMPLES_MAX)
        return text_format(record->arena, "gave more than %d samples of %s", SAMPLES_MAX,
                           slot_text(record, slot));
    if (has_places(record, slot)) {
        size_t at = series->count;
        *array_add(record->arena, series->places, at) = record->seen[series->metric]++;
    }
    *sample_room(record, slot) = value;
    return NULL;
}

/* Each two slices of the run become one. */
static void slices_halve(struct record *record, struct slot *slot) {
    struct series *series = &slot->series;
    size_t kept = slot->kept;
    for (size_t i = slot->kept; i + 1 < series->count; i += 2, kept++) {
        double n = (double)series->trials[i], m = (double)series->trials[i + 1];
        series->samples[kept] = (series->samples[i] * n + series->samples[i + 1] * m) / (n + m);
        series->trials[kept] = series->trials[i] + series->trials[i + 1];
    }
    record->samples[series->metric] -= series->count - kept;
    series->count = kept;
}

/* Trials that are all alike and go on like those before them lengthen the slice. */
static const char *slice_add(struct record *record, struct slot *slot, uint64_t k, uint64_t n) {
    struct series *series = &slot->series;
    double share = (double)k / (double)n;
    bool alike = k == 0 || k == n;
    if (alike && series->count > slot->kept && series->samples[series->count - 1] == share) {
        series->trials[series->count - 1] += n;
        return NULL;
    }
    if (series->count - slot->kept >= SLICES_MAX) slices_halve(record, slot);
    size_t at = series->count;
    *array_add(record->arena, series->trials, at) = n;
    return slot_add(record, slot, share);
}

/* `between`: only its edges are known. */
static const char *value_take(struct record *record, struct slot *slot, double value,
                              bool between) {
    struct series *series = &slot->series;
    if (!isfinite(value))
        return text_format(record->arena, "gave a value of %s that is no finite number",
                           slot_text(record, slot));
    if (slot->rate)
        return text_format(record->arena, "gave %s both as events and as values",
                           slot_text(record, slot));
    if (series->count > 0 && series->between != between)
        return text_format(record->arena, "gave %s both with edges and without",
                           slot_text(record, slot));
    slot->plain = record->emitted[series->metric] = true;
    return slot_add(record, slot, value + 0.0); /* -0 becomes 0 */
}

const char *record_value(struct record *record, uint32_t metric, probe_label_id label,
                         double value) {
    const char *problem;
    struct slot *slot = slot_find(record, metric, label, &problem);
    return slot ? value_take(record, slot, value, false) : problem;
}

/* Edges of several samples become those around all of them. */
const char *record_between(struct record *record, uint32_t metric, probe_label_id label,
                           struct probe_between between) {
    const char *problem;
    struct slot *slot = slot_find(record, metric, label, &problem);
    if (!slot) return problem;
    if (!isfinite(between.low) || !(between.low <= between.value && between.value <= between.high))
        return text_format(record->arena, "gave a value of %s outside of its edges",
                           slot_text(record, slot));
    problem = value_take(record, slot, between.value, true);
    if (problem) return problem;
    struct series *series = &slot->series;
    series->low = series->between ? fmin(series->low, between.low) : between.low;
    series->high = series->between ? fmax(series->high, between.high) : between.high;
    series->between = true;
    return NULL;
}

const char *record_rate(struct record *record, uint32_t metric, probe_label_id label, uint64_t k,
                        uint64_t n) {
    const char *problem;
    struct slot *slot = slot_find(record, metric, label, &problem);
    if (!slot) return problem;
    if (slot_metric(record, slot)->unit != PROBE_RATIO)
        return text_format(record->arena, "gave events of %s, which is no ratio",
                           slot_text(record, slot));
    if (slot->plain)
        return text_format(record->arena, "gave %s both as events and as values",
                           slot_text(record, slot));
    if (k > n || n > events_max || slot->series.n + slot->n + n > events_max)
        return text_format(record->arena, "gave more events of %s than there can be",
                           slot_text(record, slot));
    slot->rate = record->emitted[metric] = true;
    slot->k += k;
    slot->n += n;
    if (n == 0) return NULL;
    if (slot_metric(record, slot)->nature == PROBE_EXACT)
        return slot_add(record, slot, (double)k / (double)n);
    return slice_add(record, slot, k, n);
}

const char *record_unbounded(struct record *record, uint32_t metric, probe_label_id label) {
    const char *problem;
    struct slot *slot = slot_find(record, metric, label, &problem);
    if (!slot) return problem;
    slot->unbounded = record->emitted[metric] = true;
    return NULL;
}

const char *record_fingerprint(struct record *record, uint32_t metric, probe_label_id label,
                               uint64_t fingerprint, bool nameless) {
    const char *problem;
    struct slot *slot = slot_find(record, metric, label, &problem);
    if (!slot) return problem;
    slot->series.fingerprint = fingerprint;
    slot->series.nameless = nameless;
    return NULL;
}

static void slot_forget(struct record *record, struct slot *slot) {
    record->samples[slot->series.metric] -= slot->series.count - slot->kept;
    slot->series.count = slot->kept;
    slot->k = slot->n = 0;
    slot->unbounded = false;
    if (slot->kept > 0) return;
    slot->seen = 0;
    slot->series.whole = NULL;
    slot->series.between = false;
}

void record_run_begin(struct record *record) {
    for (size_t i = 0; i < record->count; i++) slot_forget(record, pieces_at(record->slots, i));
    for (size_t i = 0; i < record->metrics->count; i++) record->emitted[i] = false;
}

/* Whether the run said of an exact metric what the first one did. */
static const char *slot_repeats(struct record *record, const struct slot *slot) {
    const struct series *series = &slot->series;
    if (record->runs == 0 || slot_metric(record, slot)->nature != PROBE_EXACT) return NULL;
    bool before = series->runs > 0 && slot->kept > 0, now = series->count > slot->kept;
    if (before && now && series->samples[0] != series->samples[series->count - 1])
        return not_exact(record, slot, series->samples[0], series->samples[series->count - 1]);
    record->inexact = before != now || (series->runs > 0 && series->unbounded) != slot->unbounded;
    if (record->inexact)
        return text_format(record->arena, "gave the exact metric %s in some runs and not in others",
                           slot_text(record, slot));
    return NULL;
}

static void slot_keep(struct record *record, struct slot *slot) {
    struct series *series = &slot->series;
    while (series->runs < record->runs) *end_room(record, slot) = 0;
    *end_room(record, slot) = series->count;
    slot->kept = series->count;
    series->k += slot->k;
    series->n += slot->n;
    series->unbounded |= slot->unbounded;
    slot->k = slot->n = 0;
    slot->unbounded = false;
}

const char *record_run_end(struct record *record) {
    for (size_t i = 0; i < record->count; i++) {
        const char *problem = slot_repeats(record, pieces_at(record->slots, i));
        if (!problem) continue;
        record_run_begin(record);
        return problem;
    }
    for (size_t i = 0; i < record->count; i++) slot_keep(record, pieces_at(record->slots, i));
    record->runs++;
    return NULL;
}

static int slot_compare(const void *left, const void *right, void *context) {
    const struct record *record = context;
    const struct series *a = &pieces_at(record->slots, *(const uint32_t *)left)->series;
    const struct series *b = &pieces_at(record->slots, *(const uint32_t *)right)->series;
    if (a->metric != b->metric) return a->metric < b->metric ? -1 : 1;
    for (int d = 0; d < METRIC_DIMENSIONS_MAX; d++) {
        if (!a->labels[d] && !b->labels[d]) continue;
        if (!a->labels[d] || !b->labels[d]) return a->labels[d] ? 1 : -1;
        int order = strcmp(a->labels[d], b->labels[d]);
        if (order) return order;
    }
    return 0;
}

static void record_sort(struct record *record) {
    if (record->ordered == record->count) return;
    record->order = arena_alloc(record->scratch, record->count * sizeof *record->order);
    for (size_t i = 0; i < record->count; i++) record->order[i] = (uint32_t)i;
    qsort_r(record->order, record->count, sizeof *record->order, slot_compare, record);
    record->ordered = record->count;
    record->view = arena_alloc(record->arena, record->count * sizeof *record->view);
}

struct series *record_series(struct record *record, size_t *count) {
    record_sort(record);
    *count = 0;
    for (size_t i = 0; i < record->count; i++) {
        const struct slot *slot = pieces_at(record->slots, record->order[i]);
        if (slot->series.runs == 0) continue; /* only ever seen in a run that failed */
        struct series *series = &record->view[(*count)++];
        *series = slot->series;
        series->count = slot->kept;
        series->stride = record->strides[series->metric];
    }
    return record->view;
}
