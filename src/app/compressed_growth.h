/** After a limit on compressed bytes broke: which parts of the module its growth went to. */
#ifndef APP_COMPRESSED_GROWTH_H
#define APP_COMPRESSED_GROWTH_H

#include "base/thread.h"
#include "report/report.h"

enum {
    COMPRESSED_GROWTH_SECONDS = 20, /**< for all budgets of a run together */
    COMPRESSED_GROWTH_PARTS = 5     /**< of each kind that are tried */
};

struct compressed_growth_request {
    const struct budget_set *set;
    const struct verdicts *verdicts;
    const struct report_against *against; /**< its bases were measured at `base_root` */
    const char *base_root;                /**< absolute: stands for the set's root */
    struct evidence *evidence;            /**< by budget; estimates are added to measurements */
    unsigned jobs;                        /**< threads; 0: one a core */
    /** Told of the work, one at a time, from any thread; may be NULL. */
    void (*observe)(void *observer, size_t done, size_t total);
    void *observer;
};

/**
 * Of every limit on gzip, brotli or zstd of a module (probe `wasm`) that broke and has grown since
 * the earlier code: takes the file that grew most, and compresses it and its base with and without
 * what changed most. Dear, so that time is bounded; what was left out for that is said in the
 * estimate's note, and so is what kept it from being made. No failure of the run.
 */
void compressed_growth_add(struct arena *arena, const struct compressed_growth_request *request);

#endif
