#include "stats/buckets.h"

#include <math.h>
#include <string.h>

/* Counters come in pages of a quarter of a power of two. */
enum { PAGE = BUCKETS_OCTAVE / 4, PAGES = BUCKETS_COUNT / PAGE + 1 };
/* Of a double: 10 bits of its fraction number the bucket within the power of two. */
enum { FRACTION_BITS = 52, OCTAVE_BITS = 10, BIAS = 1023 };
static const uint32_t lowest_number = (uint32_t)(BUCKETS_LOWEST + BIAS) << OCTAVE_BITS;

struct buckets {
    struct arena *arena;
    uint64_t *pages[PAGES]; /* NULL: nothing there yet */
    uint64_t count;
    double least, most;
    double sum, lost;     /* Neumaier */
    double mean, squares; /* Welford 1962: of deviations from the mean */
};

struct buckets *buckets_new(struct arena *arena) {
    struct buckets *buckets = arena_new_object(arena, struct buckets);
    *buckets = (struct buckets){.arena = arena, .least = INFINITY, .most = -INFINITY};
    return buckets;
}

/* 0 and BUCKETS_COUNT - 1 take what is smaller and larger than all others. */
static uint32_t bucket_of(double value) {
    uint64_t bits;
    if (!(value >= ldexp(1, BUCKETS_LOWEST))) return 0;
    if (value >= ldexp(1, BUCKETS_HIGHEST)) return BUCKETS_COUNT - 1;
    memcpy(&bits, &value, sizeof bits);
    return (uint32_t)(bits >> (FRACTION_BITS - OCTAVE_BITS)) - lowest_number + 1;
}

static double edge_of(uint32_t bucket) {
    double value;
    if (bucket == 0) return -HUGE_VAL;
    uint64_t bits = (uint64_t)(bucket - 1 + lowest_number) << (FRACTION_BITS - OCTAVE_BITS);
    memcpy(&value, &bits, sizeof value);
    return value;
}

static struct bucket_edges edges_of(const struct buckets *buckets, uint32_t bucket) {
    double low = edge_of(bucket);
    double high = bucket + 1 < BUCKETS_COUNT ? edge_of(bucket + 1) : HUGE_VAL;
    return (struct bucket_edges){fmax(low, buckets->least), fmin(high, buckets->most)};
}

static uint64_t counted(const struct buckets *buckets, uint32_t bucket) {
    const uint64_t *page = buckets->pages[bucket / PAGE];
    return page ? page[bucket % PAGE] : 0;
}

static void count_add(struct buckets *buckets, uint32_t bucket, uint64_t count) {
    uint64_t **page = &buckets->pages[bucket / PAGE];
    if (!*page) *page = arena_alloc(buckets->arena, PAGE * sizeof **page);
    (*page)[bucket % PAGE] += count;
    buckets->count += count;
}

static void sum_add(struct buckets *buckets, double term) {
    double next = buckets->sum + term;
    buckets->lost += fabs(buckets->sum) >= fabs(term) ? (buckets->sum - next) + term
                                                      : (term - next) + buckets->sum;
    buckets->sum = next;
}

void buckets_add(struct buckets *buckets, double value) {
    count_add(buckets, bucket_of(value), 1);
    buckets->least = fmin(buckets->least, value);
    buckets->most = fmax(buckets->most, value);
    sum_add(buckets, value);
    double apart = value - buckets->mean;
    buckets->mean += apart / (double)buckets->count;
    buckets->squares += apart * (value - buckets->mean);
}

/* Chan, Golub and LeVeque 1983, for the squares. */
void buckets_merge(struct buckets *into, const struct buckets *from) {
    double before = (double)into->count, added = (double)from->count;
    if (from->count == 0) return;
    for (uint32_t page = 0; page < PAGES; page++)
        for (uint32_t i = 0; from->pages[page] && i < PAGE; i++)
            if (from->pages[page][i]) count_add(into, page * PAGE + i, from->pages[page][i]);
    double apart = from->mean - into->mean, all = before + added;
    into->mean += apart * (added / all);
    into->squares += from->squares + apart * apart * (before * added / all);
    into->least = fmin(into->least, from->least);
    into->most = fmax(into->most, from->most);
    sum_add(into, from->sum);
    sum_add(into, from->lost);
}

struct buckets *buckets_copy(struct arena *arena, const struct buckets *from) {
    struct buckets *copy = arena_new_object(arena, struct buckets);
    *copy = *from;
    copy->arena = arena;
    for (uint32_t page = 0; page < PAGES; page++) {
        if (!from->pages[page]) continue;
        copy->pages[page] = arena_alloc(arena, PAGE * sizeof **copy->pages);
        memcpy(copy->pages[page], from->pages[page], PAGE * sizeof **copy->pages);
    }
    return copy;
}

uint64_t buckets_count(const struct buckets *buckets) {
    return buckets->count;
}

bool buckets_next(const struct buckets *buckets, uint32_t *at, struct bucket *bucket) {
    while (*at < BUCKETS_COUNT) {
        if (!buckets->pages[*at / PAGE]) {
            *at += PAGE - *at % PAGE;
            continue;
        }
        uint32_t number = (*at)++;
        *bucket = (struct bucket){edge_of(number), counted(buckets, number)};
        if (bucket->count > 0) return true;
    }
    return false;
}

struct bucket_edges buckets_rank(const struct buckets *buckets, uint64_t rank) {
    struct bucket bucket;
    uint64_t below = 0;
    for (uint32_t at = 0; buckets_next(buckets, &at, &bucket); below += bucket.count)
        if (rank < below + bucket.count) return edges_of(buckets, at - 1);
    return (struct bucket_edges){buckets->most, buckets->most};
}

/* Narrowed edges, so that a bound outside of what was seen is never in doubt. */
void buckets_beyond(const struct buckets *buckets, struct buckets_bound bound, uint64_t *least,
                    uint64_t *most) {
    struct bucket bucket;
    *least = *most = 0;
    for (uint32_t at = 0; buckets_next(buckets, &at, &bucket);) {
        struct bucket_edges edges = edges_of(buckets, at - 1);
        double near = bound.upper ? edges.low : -edges.high;
        double far = bound.upper ? edges.high : -edges.low;
        double line = bound.upper ? bound.bound : -bound.bound;
        if (bound.inclusive ? near >= line : near > line) *least += bucket.count;
        if (bound.inclusive ? far >= line : far > line) *most += bucket.count;
    }
}

/* As quantile_sorted: the smallest rank with at least a share p at or below it. */
static double quantile_of(const struct buckets *buckets, double p) {
    double n = (double)buckets->count;
    uint64_t k = (uint64_t)fmin(fmax(ceil(n * p), 1), n);
    while (k > 1 && (double)(k - 1) / n >= p) k--;
    while (k < buckets->count && (double)k / n < p) k++;
    struct bucket_edges edges = buckets_rank(buckets, k - 1);
    return edges.low + (edges.high - edges.low) / 2;
}

double buckets_statistic(const struct buckets *buckets, const struct statistic *statistic) {
    double count = (double)buckets->count;
    if (statistic->kind == STATISTIC_COUNT) return count;
    if (buckets->count == 0) return NAN;
    double total = buckets->sum + buckets->lost;
    switch (statistic->kind) {
    case STATISTIC_MIN:
        return buckets->least;
    case STATISTIC_MAX:
        return buckets->most;
    case STATISTIC_MEAN:
        return fmin(fmax(total / count, buckets->least), buckets->most);
    case STATISTIC_QUANTILE:
        return quantile_of(buckets, statistic->p);
    case STATISTIC_STDDEV:
        return buckets->count > 1 ? sqrt(fmax(buckets->squares, 0) / (count - 1)) : 0;
    case STATISTIC_TOTAL:
        return total;
    case STATISTIC_COUNT:
        break;
    }
    return NAN;
}

void buckets_restore(struct buckets *buckets, const struct bucket *bucket) {
    count_add(buckets, bucket_of(bucket->low), bucket->count);
}

void buckets_restore_moments(struct buckets *buckets, const struct buckets_moments *moments) {
    double count = (double)buckets->count;
    buckets->least = moments->least;
    buckets->most = moments->most;
    buckets->mean = moments->mean;
    buckets->sum = moments->mean * count;
    buckets->lost = 0;
    buckets->squares = moments->stddev * moments->stddev * (count - 1);
}
