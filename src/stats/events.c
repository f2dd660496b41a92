#include "stats/events.h"

#include <math.h>

#include "stats/dependence.h"

static uint64_t slice_events(const struct events *events, size_t i) {
    uint64_t counted = (uint64_t)nearbyint(events->shares[i] * (double)events->trials[i]);
    return events->complement ? events->trials[i] - counted : counted;
}

static double slice_share(const struct events *events, size_t i) {
    return events->complement ? 1 - events->shares[i] : events->shares[i];
}

static bool slice_mixed(const struct events *events, size_t i) {
    return events->trials[i] > 1 && events->shares[i] > 0 && events->shares[i] < 1;
}

struct event_count events_all(const struct events *events) {
    struct event_count all = {0};
    for (size_t i = 0; i < events->slices; i++) {
        all.n += events->trials[i];
        all.k += slice_events(events, i);
    }
    return all;
}

/* Not a whole number, so that events that come at regular intervals (every fifth request, say) are
 * met in proportion: less by 1 - 1 / golden ratio, whose multiples are spread most evenly. */
static double spacing(size_t step) {
    return step > 1 ? (double)step - 0.38196601125010515 : 1;
}

/* How many of the trials before that one are kept: those at the multiples of the spacing. */
static uint64_t kept_before(uint64_t trial, double space) {
    return (uint64_t)ceil((double)trial / space);
}

uint64_t events_needed(uint64_t kept, size_t step) {
    return kept > 0 ? (uint64_t)floor((double)(kept - 1) * spacing(step)) + 1 : 0;
}

struct event_count events_apart(const struct events *events, size_t step) {
    struct event_count kept = {0};
    double mixed = 0, space = spacing(step);
    uint64_t at = 0;
    for (size_t i = 0; i < events->slices; i++) {
        uint64_t end = at + events->trials[i];
        uint64_t here = kept_before(end, space) - kept_before(at, space);
        kept.n += here;
        if (slice_mixed(events, i))
            mixed += (double)here * slice_share(events, i);
        else if (slice_share(events, i) > 0)
            kept.k += here;
        at = end;
    }
    kept.k += (uint64_t)nearbyint(mixed);
    return kept;
}

struct event_count events_blocks(const struct events *events, size_t step) {
    struct event_count blocks = {0};
    double space = spacing(step);
    uint64_t at = 0, next = 0; /* the first block that is not counted yet */
    for (size_t i = 0; i < events->slices; at += events->trials[i++]) {
        if (!(slice_share(events, i) > 0)) continue;
        uint64_t from = kept_before(at + 1, space) - 1;
        uint64_t to = kept_before(at + events->trials[i], space) - 1;
        if (from < next) from = next;
        if (to + 1 > from) blocks.k += to + 1 - from;
        next = to + 1;
    }
    blocks.n = kept_before(at, space);
    return blocks;
}

uint64_t events_bursts(const struct events *events, size_t apart) {
    uint64_t bursts = 0, quiet = apart;
    for (size_t i = 0; i < events->slices; i++) {
        bool some = slice_share(events, i) > 0;
        if (some) bursts += quiet >= apart;
        quiet = some ? 0 : quiet + events->trials[i];
    }
    return bursts;
}

bool events_mixed(const struct events *events) {
    for (size_t i = 0; i < events->slices; i++)
        if (slice_mixed(events, i)) return true;
    return false;
}

/* What two trials of one slice that lie apart contribute: the product of their distances from the
 * mean share, as expected when their order does not matter. */
static double within(const struct events *events, size_t i, double mean) {
    double n = (double)events->trials[i], k = (double)slice_events(events, i);
    if (n < 2) return 0;
    return k * (k - 1) / (n * (n - 1)) - 2 * mean * k / n + mean * mean;
}

/* Of trials that lie `lag` apart: two readers go through the slices, one behind the other. */
static double lag_correlation(const struct events *events, const struct event_count *all,
                              uint64_t lag) {
    double mean = (double)all->k / (double)all->n, products = 0;
    size_t ahead = 0, behind = 0;
    uint64_t ahead_left = events->trials[0], behind_left = events->trials[0], skip = lag;
    while (ahead < events->slices && skip >= ahead_left) {
        skip -= ahead_left;
        if (++ahead < events->slices) ahead_left = events->trials[ahead];
    }
    ahead_left -= skip;
    while (ahead < events->slices) {
        uint64_t here = ahead_left < behind_left ? ahead_left : behind_left;
        double product = ahead == behind ? within(events, ahead, mean)
                                         : (slice_share(events, ahead) - mean) *
                                               (slice_share(events, behind) - mean);
        products += (double)here * product;
        ahead_left -= here;
        behind_left -= here;
        if (!ahead_left && ++ahead < events->slices) ahead_left = events->trials[ahead];
        if (!behind_left) behind_left = events->trials[++behind];
    }
    return products / (mean * (1 - mean) * (double)(all->n - lag));
}

size_t events_step(const struct events *events, size_t from, double *first) {
    struct event_count all = events_all(events);
    uint64_t step = from > 0 ? from : 1, quarter = all.n / DEPENDENCE_SHARE;
    *first = NAN;
    if (all.k < DEPENDENCE_BEYOND || all.n - all.k < DEPENDENCE_BEYOND) return (size_t)step;
    *first = lag_correlation(events, &all, 1);
    while (step <= quarter && dependence_seen(lag_correlation(events, &all, step),
                                              (double)(all.n - step), DEPENDENCE_ERRORS))
        step = dependence_step_next(step);
    return step > quarter && step > 1 ? (size_t)all.n : (size_t)step;
}
