#include "stats/signed_rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "stats/statistic.h"
#include "stats/tails.h"

/* A difference's size and whether it is positive. */
struct ranked {
    double size;
    bool positive;
    unsigned twice_rank; /* twice the mean rank is a whole number */
};

/* Twice the rank sum of the positive differences, and what it rests on. */
struct rank_sum {
    struct ranked *items;
    size_t count;
    uint64_t twice;
    double ties; /* sum of t^3 - t over groups of equal sizes */
};

static int ranked_compare(const void *a, const void *b) {
    double x = ((const struct ranked *)a)->size, y = ((const struct ranked *)b)->size;
    return (x > y) - (x < y);
}

static void rank_groups(struct rank_sum *sum) {
    for (size_t i = 0, next; i < sum->count; i = next) {
        for (next = i + 1; next < sum->count && sum->items[next].size == sum->items[i].size;)
            next++;
        double group = (double)(next - i);
        sum->ties += group * group * group - group;
        for (size_t j = i; j < next; j++) {
            sum->items[j].twice_rank = (unsigned)(i + next + 1);
            if (sum->items[j].positive) sum->twice += sum->items[j].twice_rank;
        }
    }
}

static struct rank_sum rank_sum_of(struct arena *arena, const double *differences, size_t count) {
    struct rank_sum sum = {.items = arena_alloc(arena, (count + 1) * sizeof *sum.items)};
    for (size_t i = 0; i < count; i++) {
        if (differences[i] == 0) continue;
        sum.items[sum.count++] =
            (struct ranked){.size = fabs(differences[i]), .positive = differences[i] > 0};
    }
    if (sum.count > 1) qsort(sum.items, sum.count, sizeof *sum.items, ranked_compare);
    rank_groups(&sum);
    return sum;
}

/* Chances of every value of twice the rank sum: each rank is in it or not, by a fair coin. */
static double *exact_chances(struct arena *arena, const struct rank_sum *sum, size_t *most) {
    *most = sum->count * (sum->count + 1);
    double *chances = arena_alloc(arena, (*most + 1) * sizeof *chances);
    chances[0] = 1;
    size_t reached = 0;
    for (size_t i = 0; i < sum->count; i++) {
        size_t rank = sum->items[i].twice_rank;
        reached += rank;
        for (size_t s = reached + 1; s-- > 0;)
            chances[s] = 0.5 * (chances[s] + (s >= rank ? chances[s - rank] : 0));
    }
    return chances;
}

static double exact_upper(struct arena *arena, const struct rank_sum *sum, uint64_t from) {
    size_t most;
    const double *chances = exact_chances(arena, sum, &most);
    double total = 0;
    for (size_t s = most + 1; s-- > from;) total += chances[s];
    return fmin(total, 1);
}

static double normal_upper(const struct rank_sum *sum, uint64_t from) {
    double n = (double)sum->count;
    double mean = n * (n + 1) / 4;
    double variance = n * (n + 1) * (2 * n + 1) / 24 - sum->ties / 48;
    return 0.5 * erfc(((double)from / 2 - 0.5 - mean) / sqrt(2 * variance));
}

double signed_rank_upper(const double *differences, size_t count) {
    struct arena *scratch = arena_new();
    struct rank_sum sum = rank_sum_of(scratch, differences, count);
    double tail = sum.count == 0                  ? 1
                  : sum.count > SIGNED_RANK_EXACT ? normal_upper(&sum, sum.twice)
                                                  : exact_upper(scratch, &sum, sum.twice);
    arena_free(scratch);
    return tail;
}

double signed_rank_lower(const double *differences, size_t count) {
    struct arena *scratch = arena_new();
    double *mirrored = arena_alloc(scratch, (count + 1) * sizeof *mirrored);
    for (size_t i = 0; i < count; i++) mirrored[i] = -differences[i];
    double tail = signed_rank_upper(mirrored, count);
    arena_free(scratch);
    return tail;
}

/* Halves first: the sum of two large values may not be a number. */
static double mean_of_two(double a, double b) {
    return a / 2 + b / 2;
}

static uint64_t averages_up_to(const double *sorted, size_t count, double limit) {
    uint64_t found = 0;
    size_t above = count; /* partners from here on are too large */
    for (size_t i = 0; i < count; i++) {
        while (above > i && mean_of_two(sorted[i], sorted[above - 1]) > limit) above--;
        if (above <= i) break;
        found += above - i;
    }
    return found;
}

/* Doubles in their order as integers, so that halving a range ends at a double. */
static int64_t order_of(double value) {
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits < 0 ? INT64_MIN - bits : bits;
}

static double value_of(int64_t order) {
    int64_t bits = order < 0 ? INT64_MIN - order : order;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double walsh_average(const double *sorted, size_t count, uint64_t k) {
    int64_t low = order_of(sorted[0]), high = order_of(sorted[count - 1]);
    while (low < high) {
        int64_t middle = (low >> 1) + (high >> 1) + (low & high & 1);
        if (averages_up_to(sorted, count, value_of(middle)) >= k)
            high = middle;
        else
            low = middle + 1;
    }
    return value_of(low);
}

static uint64_t averages(size_t count) {
    return (uint64_t)count * (count + 1) / 2;
}

double hodges_lehmann(const double *sorted, size_t count) {
    uint64_t all = averages(count);
    double low = walsh_average(sorted, count, (all + 1) / 2);
    return all % 2 ? low : mean_of_two(low, walsh_average(sorted, count, all / 2 + 1));
}

/* How many of the smallest rank sums together have a chance of at most alpha. */
static uint64_t sums_within(size_t count, double alpha) {
    struct arena *scratch = arena_new();
    struct rank_sum sum = {.items = arena_alloc(scratch, count * sizeof *sum.items),
                           .count = count};
    for (size_t i = 0; i < count; i++) sum.items[i].twice_rank = (unsigned)(2 * (i + 1));
    size_t most;
    const double *chances = exact_chances(scratch, &sum, &most);
    uint64_t sums = 0;
    for (double total = chances[0]; tail_within(total, alpha) && sums < averages(count);)
        total += chances[2 * ++sums];
    arena_free(scratch);
    return sums;
}

static uint64_t sums_within_normal(size_t count, double alpha) {
    const struct rank_sum sum = {.count = count};
    uint64_t low = 0, high = averages(count) / 2;
    while (low < high) { /* the lower tail of s - 1 is the upper one of its mirror image */
        uint64_t middle = low + (high - low + 1) / 2;
        if (normal_upper(&sum, 2 * (averages(count) - (middle - 1))) <= alpha)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

struct rank_interval hodges_lehmann_interval(const double *sorted, size_t count, double alpha) {
    uint64_t sums =
        count > SIGNED_RANK_EXACT ? sums_within_normal(count, alpha) : sums_within(count, alpha);
    if (sums == 0) return (struct rank_interval){NAN, NAN};
    return (struct rank_interval){
        .low = walsh_average(sorted, count, sums),
        .high = walsh_average(sorted, count, averages(count) + 1 - sums),
    };
}
