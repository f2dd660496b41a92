/** The parts of the JSON report, one function a member that is more than a value. */
#ifndef REPORT_FORMAT_JSON_H
#define REPORT_FORMAT_JSON_H

#include "report/report.h"

/** `metrics`, `others` and `declared` of a budget. */
void json_put_measurement(struct arena *arena, json *object, const struct budget *budget,
                          const struct measurement *measurement);

/** How the samples of one metric are put into a report, which holds REPORT_SAMPLES_MAX of them: of
 * the noisy ones of a single run every `step`-th, of others the first `left`. */
struct json_samples {
    size_t left, step;
    bool gaps; /* between the samples of one label there may be those of others */
};
struct json_samples json_samples_begin(const struct measurement *measurement, uint32_t metric);
/** `samples`, with their `gaps` or `run_ends`, and `stride` and `buckets` where they are not all.
 */
void json_put_samples(struct json_samples *samples, json *object, const struct series *series);
/** `min`, `max`, `mean`, `median`, ..: of all samples. */
void json_put_summary(json *object, const struct series *series);

/** `metrics` and `others` of what the budget's limits need of a measurement of earlier code. */
void json_put_needed(struct arena *arena, json *object, const struct budget *budget,
                     const struct measurement *measurement);

/** `parts` of a budget or its base, where there are any. */
void json_put_parts(struct arena *arena, json *object, const struct budget *budget,
                    const struct measurement *measurement);

/** `shards` of the report: absent where it was not joined of any. */
void json_put_shards(json *root, const struct report *report);

/** `against` of the report: null with nothing. */
void json_put_against(json *root, const struct report_against *against);
/** `base` of budget `index`, where something was compared with it. */
void json_put_base(struct arena *arena, json *object, const struct report *report, size_t index);

/** One element of `limits`. */
void json_push_row(struct arena *arena, json *list, const struct budget *budget,
                   const struct verdict_row *row);

/** One element of `budgets`. */
void json_push_budget(struct arena *arena, json *list, const struct report *report, size_t index);

/** `estimates`; absent without any. `measurement` may be NULL. */
void json_put_estimates(json *object, const struct measurement *measurement);

/** `diagnostics`; NULL: none. */
void json_put_diagnostics(json *object, const struct diags *diags);

/** `location`: null where there is none. */
void json_put_location(json *object, const char *name, struct place place);

#endif
