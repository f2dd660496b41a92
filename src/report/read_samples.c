#include <math.h>

#include "base/number.h"
#include "report/reader.h"

/* False also where the list is shorter than `count`: then `cut` is set. */
static bool read_list(struct reader *reader, const json *object, struct series *series, bool *cut) {
    const json *list;
    if (!take_list(reader, object, "samples", &list)) return false;
    size_t count = json_count(list), at = 0;
    *cut = count < series->count;
    if (count > series->count) return reader_wrong(reader, "samples", "are more than `count`");
    series->samples = arena_alloc(reader->arena, count * sizeof *series->samples);
    for (const json *item = json_first(list); item; item = json_next(item), at++) {
        if (!json_is_number(item)) return reader_wrong(reader, "samples", "are not all numbers");
        series->samples[at] = json_number(item, NAN);
    }
    return true;
}

/* Where among those of other labels its samples came. */
static bool read_gaps(struct reader *reader, const json *object, struct series *series) {
    const json *list = json_get(object, "gaps");
    uint64_t next = 0;
    size_t at = 0;
    if (!list) return true;
    if (json_count(list) != series->count)
        return reader_wrong(reader, "gaps", "do not fit `samples`");
    series->places = arena_alloc(reader->arena, series->count * sizeof *series->places);
    for (const json *item = json_first(list); item; item = json_next(item), at++) {
        double gap = json_number(item, NAN);
        if (!(gap >= 0 && gap + (double)next < NUMBER_LARGEST_INTEGER) || gap != floor(gap))
            return reader_wrong(reader, "gaps", "are not all counts");
        series->places[at] = next + (uint64_t)gap;
        next = series->places[at] + 1;
    }
    return true;
}

static bool read_run_ends(struct reader *reader, const json *object, struct series *series) {
    const json *list = json_get(object, "run_ends");
    series->runs = list ? json_count(list) : series->count;
    series->run_ends = arena_alloc(reader->arena, series->runs * sizeof *series->run_ends);
    for (size_t r = 0; !list && r < series->runs; r++) series->run_ends[r] = r + 1;
    if (!list) return true;
    size_t at = 0;
    double before = 0;
    for (const json *item = json_first(list); item; item = json_next(item)) {
        double end = json_number(item, NAN);
        if (!(end >= before && end <= (double)series->count) || end != floor(end))
            return reader_wrong(reader, "run_ends", "do not ascend to `count`");
        series->run_ends[at++] = (size_t)end;
        before = end;
    }
    return before == (double)series->count ||
           reader_wrong(reader, "run_ends", "do not end at `count`");
}

static bool read_single(struct reader *reader, const json *object, struct series *series) {
    series->samples = arena_new_object(reader->arena, double);
    return take_number(reader, object, "value", series->samples) &&
           read_run_ends(reader, object, series);
}

static bool read_counts(struct reader *reader, const json *buckets, struct buckets *whole) {
    const json *from, *counts;
    if (!take_list(reader, buckets, "from", &from) ||
        !take_list(reader, buckets, "counts", &counts))
        return false;
    if (json_count(from) != json_count(counts))
        return reader_wrong(reader, "buckets", "have other edges than counts");
    const json *count = json_first(counts);
    for (const json *edge = json_first(from); edge; edge = json_next(edge)) {
        double low = json_number(edge, NAN), many = json_number(count, NAN);
        if (!(low >= 0) || !(many >= 1 && many <= NUMBER_LARGEST_INTEGER) || many != floor(many))
            return reader_wrong(reader, "buckets", "are not all counts above a number");
        buckets_restore(whole, &(struct bucket){low, (uint64_t)many});
        count = json_next(count);
    }
    return true;
}

/* All samples in buckets, and some of them in order, of one run. */
static bool read_thinned(struct reader *reader, const json *object, struct series *series) {
    const json *buckets;
    struct buckets_moments moments;
    bool cut;
    uint64_t count = series->count;
    series->whole = buckets_new(reader->arena);
    if (!take_object(reader, object, "buckets", &buckets) ||
        !read_counts(reader, buckets, series->whole) ||
        !take_number(reader, object, "min", &moments.least) ||
        !take_number(reader, object, "max", &moments.most) ||
        !take_number(reader, object, "mean", &moments.mean) ||
        !take_number(reader, object, "stddev", &moments.stddev) ||
        !take_count(reader, object, "stride", &series->stride) ||
        !read_list(reader, object, series, &cut))
        return false;
    if (buckets_count(series->whole) != count || series->stride == 0)
        return reader_wrong(reader, "buckets", "do not add up to `count`");
    buckets_restore_moments(series->whole, &moments);
    series->count = json_count(json_get(object, "samples"));
    series->runs = 1;
    series->run_ends[0] = series->count;
    return series->count > 0 ? read_gaps(reader, object, series)
                             : reader_wrong(reader, "samples", "are none");
}

bool read_samples(struct reader *reader, const json *object, struct series *series, bool *cut) {
    bool listed = json_get(object, "samples");
    *cut = false;
    if (json_get(object, "buckets")) return read_thinned(reader, object, series);
    if (listed && !read_list(reader, object, series, cut)) return false;
    if (*cut) return true;
    if (listed) return read_gaps(reader, object, series) && read_run_ends(reader, object, series);
    if (series->count > 1) return reader_wrong(reader, "samples", "is missing");
    return series->count == 0 || read_single(reader, object, series);
}
