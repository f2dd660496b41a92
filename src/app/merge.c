#include "app/merge.h"

#include <stdlib.h>
#include <string.h>

#include "app/exit_code.h"
#include "app/merge_parts.h"
#include "base/array.h"
#include "base/text.h"

/* A budget of some shard. */
struct copy {
    const struct shard *shard;
    size_t index, order; /* in its shard; among all copies of all shards */
    bool kept;
};

struct merging {
    struct shards shards;
    struct copy *copies; /* in the order of shards and within them */
    size_t count;
    struct budget_set set;
    struct evidence *evidence;
    struct verdicts verdicts;
    struct diags all; /* those of the shards, then those of merging */
    struct outputs outputs;
};

static const struct budget *budget_of(const struct copy *copy) {
    return &copy->shard->set.budgets[copy->index];
}

static bool is_active(const struct copy *copy) {
    return budget_of(copy)->selected || budget_of(copy)->leaned_on;
}

static bool shards_read(struct merging *merging, const struct merge_request *request,
                        struct diags *diags) {
    struct shards *shards = &merging->shards;
    bool good = true;
    shards->items = arena_alloc(shards->arena, request->paths.count * sizeof *shards->items);
    for (size_t i = 0; i < request->paths.count; i++) {
        struct shard *shard = &shards->items[shards->count++];
        shard->path = request->paths.items[i];
        good = report_read(shards->arena, shard->path, &shard->report, &shard->set,
                           &shard->evidence, &shard->stored, diags) &&
               good;
    }
    return good;
}

static int copy_compare(const void *a, const void *b) {
    const struct copy *const *one = a, *const *two = b;
    int names = strcmp(budget_of(*one)->id, budget_of(*two)->id);
    if (names) return names;
    if (is_active(*one) != is_active(*two)) return is_active(*one) ? -1 : 1;
    return (*one)->order < (*two)->order ? -1 : (*one)->order > (*two)->order;
}

static const char *copy_place(struct arena *arena, const struct copy *copy) {
    const char *path = text_inert(arena, copy->shard->path);
    const char *place = place_text(arena, budget_of(copy)->place);
    return *place ? text_format(arena, "`%s` (%s)", path, place) : text_format(arena, "`%s`", path);
}

static bool measured_twice(const struct copy *first, const struct copy *second,
                           struct diags *diags) {
    return diag_error(diags, MERGE_DUPLICATE, NO_PLACE,
                      "let one shard measure it, and whatever leans on it in the same shard",
                      "`%s` was measured in %s and in %s",
                      text_inert(diags->arena, budget_of(first)->id),
                      copy_place(diags->arena, first), copy_place(diags->arena, second));
}

/* Of every id the copy that was measured, else the first. */
static bool copies_choose(struct merging *merging, struct diags *diags) {
    struct arena *arena = merging->shards.arena;
    bool good = true;
    for (size_t s = 0; s < merging->shards.count; s++)
        for (size_t i = 0; i < merging->shards.items[s].set.count; i++) {
            struct copy *copy = array_add(arena, merging->copies, merging->count);
            *copy = (struct copy){&merging->shards.items[s], i, merging->count, false};
        }
    struct copy **sorted = arena_alloc(arena, (merging->count + 1) * sizeof *sorted);
    for (size_t i = 0; i < merging->count; i++) sorted[i] = &merging->copies[i];
    if (merging->count > 1) qsort(sorted, merging->count, sizeof *sorted, copy_compare);
    for (size_t i = 0; i < merging->count; i++) {
        bool first = i == 0 || strcmp(budget_of(sorted[i - 1])->id, budget_of(sorted[i])->id) != 0;
        sorted[i]->kept = first;
        if (!first && is_active(sorted[i])) good = measured_twice(sorted[i - 1], sorted[i], diags);
    }
    return good;
}

static void take_budget(struct merging *merging, const struct copy *copy) {
    size_t at = merging->set.count++;
    const struct budget_verdict *stored = &copy->shard->stored.budgets[copy->index];
    struct verdicts *verdicts = &merging->verdicts;
    merging->set.budgets[at] = *budget_of(copy);
    merging->evidence[at] = copy->shard->evidence[copy->index];
    verdicts->budgets[at] = *stored;
    verdicts->budgets[at].budget = &merging->set.budgets[at];
    for (size_t i = 0; i < stored->count; i++) {
        verdicts->summary[stored->rows[i].outcome]++;
        if (stored->rows[i].outcome > verdicts->outcome)
            verdicts->outcome = stored->rows[i].outcome;
        if (stored->rows[i].effect > verdicts->effect) verdicts->effect = stored->rows[i].effect;
    }
}

static void take_budgets(struct merging *merging) {
    struct arena *arena = merging->shards.arena;
    size_t room = merging->count + 1;
    merging->set.budgets = arena_alloc(arena, room * sizeof *merging->set.budgets);
    merging->evidence = arena_alloc(arena, room * sizeof *merging->evidence);
    merging->verdicts = (struct verdicts){
        .arena = arena,
        .set = &merging->set,
        .budgets = arena_alloc(arena, room * sizeof *merging->verdicts.budgets),
    };
    for (size_t i = 0; i < merging->count; i++)
        if (merging->copies[i].kept) take_budget(merging, &merging->copies[i]);
    for (size_t i = 0; i < merging->set.count; i++) {
        struct budget *budget = &merging->set.budgets[i];
        if (budget->of) budget->source = budget_position(&merging->set, budget->of);
    }
    if (merging->verdicts.outcome == OUTCOME_SKIPPED) /* nothing was judged anywhere */
        merging->verdicts.outcome = merging->verdicts.effect = OUTCOME_ERROR;
}

static struct report_against *join_against(const struct merging *merging) {
    struct arena *arena = merging->shards.arena;
    const struct report_against *first = merging->shards.items[0].report.against;
    if (!first) return NULL;
    struct report_against *made = arena_new_object(arena, struct report_against);
    *made = *first;
    for (size_t i = 1; i < merging->shards.count; i++) {
        const struct report_against *next = merging->shards.items[i].report.against;
        if (made->seed != next->seed) made->seed = 0;
        if (!made->revision) made->revision = next->revision;
        if (!made->incomparable) made->incomparable = next->incomparable;
    }
    size_t at = 0;
    made->bases = arena_alloc(arena, (merging->set.count + 1) * sizeof *made->bases);
    for (size_t i = 0; i < merging->count; i++) {
        const struct copy *copy = &merging->copies[i];
        if (copy->kept) made->bases[at++] = copy->shard->report.against->bases[copy->index];
    }
    return made;
}

/* The gravest effect of its rows: what is stored for the whole may come of something else. */
static enum outcome rows_effect(const struct verdicts *stored) {
    enum outcome gravest = OUTCOME_SKIPPED;
    for (size_t i = 0; i < stored->set->count; i++)
        for (size_t row = 0; row < stored->budgets[i].count; row++)
            if (stored->budgets[i].rows[row].effect > gravest)
                gravest = stored->budgets[i].rows[row].effect;
    return gravest;
}

/* Whether the exit code follows from the rows, or from --report-only. A shard that judged nothing
 * has none to tell it. */
static bool exit_is_told(const struct shard *shard) {
    enum outcome effect = rows_effect(&shard->stored);
    int code = shard->report.exit_code, outcome = outcome_exit_code(effect);
    bool softened = outcome == EXIT_FAIL || outcome == EXIT_INCONCLUSIVE;
    return effect != OUTCOME_SKIPPED && (code == outcome || (code == EXIT_PASS && softened));
}

/* Of two exit codes that outrank outcomes; 0: neither. */
static int graver(int a, int b) {
    static const int order[] = {EXIT_INTERNAL, EXIT_POLICY, EXIT_CONFIG, EXIT_UNMEASURED};
    for (size_t i = 0; i < array_length(order); i++)
        if (a == order[i] || b == order[i]) return order[i];
    return EXIT_PASS;
}

/* The exit code of shards that failed in a way their rows do not tell; 0: none did. */
static int shards_trouble(const struct merging *merging, struct diags *diags) {
    int worst = EXIT_PASS;
    for (size_t i = 0; i < merging->shards.count; i++) {
        const struct shard *shard = &merging->shards.items[i];
        int code = shard->report.exit_code;
        if (exit_is_told(shard)) continue;
        diag_error(diags, MERGE_SHARD, NO_PLACE, NULL, "the run of `%s` ended with exit %d (%s)",
                   text_inert(diags->arena, shard->path), code, exit_code_name(code));
        int known = graver(code, EXIT_PASS);
        worst = graver(worst, known ? known : EXIT_INTERNAL);
    }
    return worst;
}

static void count_shards(const struct report *report, size_t expected, struct diags *diags) {
    if (!expected || report->shard_count == expected) return;
    const char *which = report->shard_count < expected ? "a shard is missing" : "--expect is wrong";
    diag_error(diags, MERGE_COUNT, NO_PLACE, NULL, "there are reports of %zu of %zu shards: %s",
               report->shard_count, expected, which);
}

static void report_join(struct merging *merging, struct report *report) {
    const struct shards *shards = &merging->shards;
    *report = (struct report){
        .complete = true,
        .started_at = shards->items[0].report.started_at,
        .environment = shards_environment(shards),
        .set = &merging->set,
        .evidence = merging->evidence,
        .verdicts = &merging->verdicts,
        .diags = &merging->all,
        .against = join_against(merging),
    };
    for (size_t i = 0; i < shards->count; i++) {
        const struct report *shard = &shards->items[i].report;
        report->duration += shard->duration;
        if (strcmp(shard->started_at, report->started_at) < 0)
            report->started_at = shard->started_at;
        if (!merging->set.project) merging->set.project = shards->items[i].set.project;
        if (shard->diags) diags_join(&merging->all, shard->diags);
    }
    shards_join_files(shards, &merging->set);
    shards_list(shards, report);
}

static int merge_close(const struct merge_request *request, struct report *report, int trouble,
                       const struct diags *diags) {
    int outcome = outcome_exit_code(report->verdicts->effect);
    if (request->report_only && (outcome == EXIT_FAIL || outcome == EXIT_INCONCLUSIVE))
        outcome = EXIT_PASS;
    int errors = graver(diags_exit_code(diags), trouble);
    report->exit_code = exit_code_of(0, errors, outcome);
    return report->exit_code;
}

int merge_run(struct arena *arena, const struct merge_request *request, struct report *report,
              struct diags *diags) {
    struct merging *merging = arena_new_object(arena, struct merging);
    *report = (struct report){0};
    merging->shards.arena = arena;
    merging->set = (struct budget_set){.arena = arena, .root = "/"};
    merging->all = diags_begin(arena);
    if (!shards_read(merging, request, diags)) return diags_exit_code(diags);
    bool fit = shards_fit(&merging->shards, diags);
    if (!copies_choose(merging, diags) || !fit) return diags_exit_code(diags);
    if (!outputs_open(arena, &request->outputs, &merging->outputs, diags))
        return diags_exit_code(diags);
    take_budgets(merging);
    report_join(merging, report);
    int trouble = shards_trouble(merging, diags);
    count_shards(report, request->expected, diags);
    diags_join(&merging->all, diags);
    if (diags->errors) /* part of the run is not there: whoever reads the verdict alone is told */
        merging->verdicts.outcome = merging->verdicts.effect = OUTCOME_ERROR;
    int code = merge_close(request, report, trouble, diags);
    const struct report_text_options plain = {.columns = 100};
    if (!outputs_write(arena, &merging->outputs, report, &plain, diags))
        code = merge_close(request, report, trouble, diags);
    return code;
}
