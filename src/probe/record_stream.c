#include "probe/record_stream.h"

/* Which of a block of samples is kept: drawn anew for each, so that no period of the stream is
 * taken for all of it; the same in every run (splitmix64, Steele, Lea and Flood 2014). */
static size_t block_draw(uint64_t block, size_t stride) {
    uint64_t mixed = (block + 1) * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (size_t)((mixed ^ (mixed >> 31)) % stride);
}

static void slot_count_all(struct record *record, struct slot *slot) {
    struct series *series = &slot->series;
    if (series->whole) return;
    series->whole = buckets_new(record->arena);
    for (size_t i = 0; i < series->count; i++) buckets_add(series->whole, series->samples[i]);
}

/* Keeps one of two that follow each other. */
static void slot_thin(struct slot *slot) {
    struct series *series = &slot->series;
    size_t kept = 0;
    for (size_t i = 0; i < series->count; i += 2, kept++) {
        size_t drawn = i + 1 < series->count ? block_draw(kept, 2) : 0;
        series->samples[kept] = series->samples[i + drawn];
        if (series->places) series->places[kept] = series->places[i + drawn];
    }
    series->count = kept;
}

/* All labels alike, so that samples of each weigh the same when they are put together. */
static void metric_thin(struct record *record, uint32_t metric) {
    record->strides[metric] *= 2;
    record->samples[metric] = 0;
    for (size_t i = 0; i < record->count; i++) {
        struct slot *slot = pieces_at(record->slots, i);
        if (slot->series.metric != metric) continue;
        slot_count_all(record, slot);
        slot_thin(slot);
        record->samples[metric] += slot->series.count;
    }
}

static bool is_pooled(const struct record *record, const struct slot *slot) {
    const struct probe_metric *metric = record->metrics->items[slot->series.metric];
    return metric->nature == PROBE_NOISY && metric->fold == PROBE_FOLD_POOL && !slot->rate;
}

bool is_stream(const struct record *record, const struct slot *slot) {
    return record->stream && is_pooled(record, slot) && record->runs == 0;
}

bool has_places(const struct record *record, const struct slot *slot) {
    return record->places && is_pooled(record, slot) &&
           record->metrics->items[slot->series.metric]->dimensions;
}

/* Not array_add, which would grow again what was thinned. */
static void stream_keep(struct record *record, struct slot *slot, double value, uint64_t place) {
    struct series *series = &slot->series;
    bool places = has_places(record, slot);
    if (series->count == slot->room) {
        size_t was = slot->room;
        slot->room = was ? 2 * was : 8;
        series->samples = arena_grow(record->arena, series->samples, was * sizeof *series->samples,
                                     slot->room * sizeof *series->samples);
        if (places)
            series->places = arena_grow(record->arena, series->places, was * sizeof *series->places,
                                        slot->room * sizeof *series->places);
    }
    if (places) series->places[series->count] = place;
    series->samples[series->count++] = value;
}

void stream_add(struct record *record, struct slot *slot, double value) {
    struct series *series = &slot->series;
    uint32_t metric = series->metric;
    size_t stride = record->strides[metric];
    if (stride > 1) slot_count_all(record, slot);
    if (series->whole) buckets_add(series->whole, value);
    uint64_t number = slot->seen++, block = number / stride, place = record->seen[metric]++;
    if (block < series->count || number % stride != block_draw(block, stride)) return;
    stream_keep(record, slot, value, place);
    if (++record->samples[metric] > record->stream) metric_thin(record, metric);
}
