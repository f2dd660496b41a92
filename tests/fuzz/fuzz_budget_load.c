/* Any bytes as a budget file, and after a line `--- more` as a second one it may include, through
 * the whole loader with the probes that are built in: mistakes with places that show no secret, or
 * budgets that keep every promise of budget.h. What loads is loaded again with a profile. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "budget/budget.h"
#include "budget/derive.h"
#include "temp_folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In `env: [FUZZ_SECRET]`; must show up in no message. */
static const char secret[] = "kXq7vR2mWz9TbL4e";
static const char separator[] = "\n--- more\n";
enum { TODAY = 20777 }; /* 2026-11-20 */

static char folder[PATH_MAX];

static void require(bool holds) {
    if (!holds) abort();
}

static void folder_remove(void) {
    temp_folder_remove(folder);
}

static void folder_prepare(void) {
    if (folder[0]) return;
    temp_folder_make(folder);
    require(atexit(folder_remove) == 0);
    require(setenv("FUZZ_SECRET", secret, 1) == 0);
    require(mkdir(temp_path(folder, ".git"), 0700) == 0);
    require(mkdir(temp_path(folder, "dist"), 0700) == 0);
}

static void file_put(const char *name, const char *bytes, size_t size) {
    int descriptor = open(temp_path(folder, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    require(descriptor >= 0 && write(descriptor, bytes, size) == (ssize_t)size);
    close(descriptor);
}

static void files_put(struct arena *arena, const uint8_t *data, size_t size) {
    const char *text = text_copy_bytes(arena, (const char *)data, size);
    const char *split = memmem(text, size, separator, strlen(separator));
    const char *more = split ? split + strlen(separator) : text + size;
    file_put("budget.yaml", text, split ? (size_t)(split + 1 - text) : size);
    file_put("_more.yaml", more, (size_t)(text + size - more));
}

static void check_text(const char *text, bool guards_secret) {
    for (const char *at = text; at && *at; at++) require((unsigned char)*at >= 0x20);
    require(!text || !guards_secret || !strstr(text, secret));
}

static void check_mistakes(const struct diags *diags, bool guards_secret) {
    for (size_t i = 0; i < diags->count; i++) {
        const struct diag *diag = &diags->items[i];
        require(diag->message && diag->message[0] && diag->code < DIAG_CODE_COUNT);
        require(!diag->place.line || (diag->place.line > 0 && diag->place.column > 0));
        check_text(diag->message, guards_secret);
        check_text(diag->hint, guards_secret);
    }
}

static void check_limit(const struct budget *budget, const struct limit *limit) {
    require(limit->key && limit->text && limit->metric < budget->metrics.count);
    require(isfinite(limit->bound) && isfinite(limit->floor) && limit->floor >= 0);
    require(!limit->has_baseline || isfinite(limit->baseline));
    require(limit->place.line > 0 && limit->place.column > 0 && limit->place.file);
    require(limit->kind <= LIMIT_IMPROVEMENT && limit->operator<= LIMIT_ABOVE);
    const struct probe_metric *metric = budget->metrics.items[limit->metric];
    size_t dimensions = metric_dimensions(metric);
    require(limit->pattern.named >> dimensions == 0);
    for (size_t d = 0; d < dimensions; d++)
        require(!(limit->pattern.named >> d & 1) == !limit->pattern.globs[d]);
}

static void check_subject(const struct budget_set *set, const struct budget *budget) {
    require(!!budget->probe + !!budget->of + !!budget->derive == 1);
    require(!budget->probe || budget->targets.count > 0);
    require(!budget->of || (budget->source < set->count && set->budgets[budget->source].probe));
    if (budget->derive) require(budget->derive->root && budget->derive->nodes <= DERIVE_NODES_MAX);
}

static void check_budget(const struct budget_set *set, size_t number) {
    const struct budget *budget = &set->budgets[number];
    require(budget->id && budget->id[0] && budget_position(set, budget->id) == number);
    check_subject(set, budget);
    require(budget->runs.min >= 1 && budget->runs.min <= budget->runs.max);
    require(budget->confidence > 0 && budget->confidence < 1);
    require(isfinite(budget->time_limit) && budget->time_limit > 0);
    require(isfinite(budget->timeout) && budget->timeout > 0);
    require(budget->directory && budget->directory[0] == '/' && budget->file);
    require(budget->selected == !budget->skipped);
    require(!budget->selected || budget->limit_count > 0);
    require(budget->place.line > 0);
    for (size_t i = 0; i < budget->limit_count; i++) check_limit(budget, &budget->limits[i]);
}

/* Whether it loaded. */
static bool load(const uint8_t *data, size_t size, const char *profile) {
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    struct budget_set set;
    struct registry registry;
    registry_init(&registry, arena);
    static const char *const files[] = {"budget.yaml"};
    const struct budget_request request = {
        .registry = &registry,
        .files = {files, 1},
        .root = folder,
        .directory = folder,
        .profiles = {&profile, profile ? 1 : 0},
        .today = TODAY,
    };
    bool good = budget_load(arena, &request, &set, &diags);
    require(good == (diags.errors == 0));
    check_mistakes(&diags, !memmem(data, size, secret, strlen(secret)));
    if (good) require(set.count > 0 && set.file_count > 0);
    for (size_t i = 0; good && i < set.count; i++) check_budget(&set, i);
    registry_release(&registry);
    arena_free(arena);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    folder_prepare();
    files_put(arena, data, size);
    arena_free(arena);
    if (load(data, size, NULL)) load(data, size, "p");
    return 0;
}
