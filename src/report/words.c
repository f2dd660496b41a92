#include "report/words.h"

#include "base/array.h"
#include "base/diag.h"
#include "base/text.h"
#include "report/attribution.h"
#include "verdict/verdict.h"

static const char *const units[] = {
    [PROBE_COUNT] = "",  [PROBE_BYTES] = "B",       [PROBE_SECONDS] = "s",
    [PROBE_RATIO] = "1", [PROBE_PER_SECOND] = "/s", [PROBE_BYTES_PER_SECOND] = "B/s",
};
static const char *const betters[] = {
    [PROBE_NEITHER] = "neither", [PROBE_LOWER] = "lower", [PROBE_HIGHER] = "higher"};
static const char *const natures[] = {[PROBE_EXACT] = "exact", [PROBE_NOISY] = "noisy"};
static const char *const folds[] = {[PROBE_FOLD_NONE] = "none",
                                    [PROBE_FOLD_SUM] = "sum",
                                    [PROBE_FOLD_MAX] = "max",
                                    [PROBE_FOLD_POOL] = "pool"};
static const char *const severities[] = {[SEVERITY_FAIL] = "fail", [SEVERITY_WARN] = "warn"};
static const char *const inconclusives[] = {
    [INCONCLUSIVE_BLOCK] = "block", [INCONCLUSIVE_WARN] = "warn", [INCONCLUSIVE_PASS] = "pass"};
static const char *const waivers[] = {
    [WAIVER_NONE] = "none", [WAIVER_LIVE] = "live", [WAIVER_EXPIRED] = "expired"};
static const char *const bases[] = {
    [BASIS_NONE] = "none", [BASIS_STORED] = "stored", [BASIS_PAIRED] = "paired"};
static const char *const part_states[] = {
    [PART_ALONE] = "alone", [PART_SAME] = "same",    [PART_CHANGED] = "changed",
    [PART_NEW] = "new",     [PART_GONE] = "gone",    [PART_RENAMED] = "renamed",
    [PART_RISEN] = "risen", [PART_OTHERS] = "others"};
static const char *const levels[] = {
    [DIAG_NOTE] = "note", [DIAG_WARNING] = "warning", [DIAG_ERROR] = "error"};

const struct words words_unit = {units, array_length(units)};
const struct words words_better = {betters, array_length(betters)};
const struct words words_nature = {natures, array_length(natures)};
const struct words words_fold = {folds, array_length(folds)};
const struct words words_severity = {severities, array_length(severities)};
const struct words words_inconclusive = {inconclusives, array_length(inconclusives)};
const struct words words_waiver = {waivers, array_length(waivers)};
const struct words words_basis = {bases, array_length(bases)};
const struct words words_part = {part_states, array_length(part_states)};
const struct words words_level = {levels, array_length(levels)};
const struct words words_outcome = {outcome_words, OUTCOME_COUNT};
const struct words words_kind = {limit_kind_words, LIMIT_IMPROVEMENT + 1};
const struct words words_operator = {limit_operator_signs, LIMIT_ABOVE + 1};

bool words_find(const struct words *words, const char *word, int *number) {
    for (size_t i = 0; word && i < words->count; i++) {
        if (!text_equal(words->items[i], word)) continue;
        *number = (int)i;
        return true;
    }
    return false;
}
