#include "app/ratchet.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/policy.h"
#include "app/ratchet_number.h"
#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "report/report.h"
#include "yaml/yaml.h"

/* One ratcheting. */
struct ratcheting {
    struct arena *arena;
    const struct ratchet_request *request;
    struct ratchet *ratchet;
    struct budget_request file; /* the request that reads the file at hand */
    struct budget_set set, stored_set;
    struct verdicts stored;
    struct diags *diags;
};

/* The row that the report judged the limit by, where it was met; NULL: it proves nothing. */
static const struct verdict_row *stored_row(const struct ratcheting *r, size_t stored,
                                            const struct limit *limit) {
    const struct budget_verdict *verdict = &r->stored.budgets[stored];
    for (size_t i = 0; i < verdict->count; i++) {
        const struct verdict_row *row = &verdict->rows[i];
        if (row->limit->kind == limit->kind && strcmp(row->limit->key, limit->key) == 0)
            return row->outcome == OUTCOME_PASS && !row->limit->waived ? row : NULL;
    }
    return NULL;
}

/* The worst that the run may have been: of noisy metrics the far end of the interval. */
static double worst_of(const struct verdict_row *row, bool upper) {
    double end = upper ? row->high : row->low;
    if (isnan(end)) return row->observed;
    return upper ? fmax(end, row->observed) : fmin(end, row->observed);
}

/* A warning must not lie beyond its bound. */
static bool passes_warning(const struct budget *budget, const struct limit *limit, double bound,
                           bool upper) {
    for (size_t i = 0; i < budget->original_count; i++) {
        const struct limit *warn = &budget->originals[i];
        if (warn->kind == LIMIT_WARN && strcmp(warn->key, limit->key) == 0)
            return upper ? bound < warn->bound : bound > warn->bound;
    }
    return false;
}

/* Values shared by an alias move together, so that the looser one counts. */
static void step_add(struct ratcheting *r, const struct ratchet_step *step) {
    struct ratchet *ratchet = r->ratchet;
    for (size_t i = 0; i < ratchet->count; i++) {
        struct ratchet_step *other = &ratchet->steps[i];
        if (other->offset != step->offset) continue;
        if (step->upper ? step->bound > other->bound : step->bound < other->bound) *other = *step;
        return;
    }
    *array_add(r->arena, ratchet->steps, ratchet->count) = *step;
}

/* The bound as it should be; as it is where nothing was proven, or it would hardly move. */
static double bound_wanted(const struct ratcheting *r, const struct budget *budget,
                           const struct limit *limit, const struct verdict_row *row,
                           struct ratchet_number *number) {
    bool upper = limit->kind == LIMIT_MAX;
    double worst = row ? worst_of(row, upper) : NAN, headroom = r->request->headroom;
    if (!isfinite(worst) || worst <= 0) return limit->bound;
    double wanted = worst * (upper ? 1 + headroom : 1 - headroom);
    ratchet_number_fit(number, wanted, budget->kilobyte);
    double bound = ratchet_round(number, wanted, upper);
    bool moves = upper ? bound < limit->bound * (1 - RATCHET_STEP)
                       : bound > limit->bound * (1 + RATCHET_STEP);
    return moves && !passes_warning(budget, limit, bound, upper) ? bound : limit->bound;
}

/* Also a bound that stays is a step at first, as others may share its value. */
static void limit_tighten(struct ratcheting *r, const struct budget *budget,
                          const struct limit *limit, const struct verdict_row *row) {
    struct ratchet_number number;
    if (!ratchet_number_find(r->arena, r->ratchet, limit, budget->kilobyte, &number)) return;
    double bound = bound_wanted(r, budget, limit, row, &number);
    const struct ratchet_step step = {
        .id = budget->id,
        .what = text_format(r->arena, "%s %s", limit->key, limit_kind_words[limit->kind]),
        .place = limit->place,
        .offset = number.offset,
        .length = number.length,
        .before = text_copy_bytes(r->arena, r->ratchet->bytes + number.offset, number.length),
        .after = ratchet_number_text(r->arena, &number, bound),
        .bound = bound,
        .upper = limit->kind == LIMIT_MAX,
        .stays = bound == limit->bound,
    };
    step_add(r, &step);
}

static bool measured_alike(const struct budget *now, const struct budget *then) {
    if (now->probe && (!then->probe || strcmp(now->probe->name, then->probe->name) != 0))
        return false;
    return text_equal(now->target_text ? now->target_text : "",
                      then->target_text ? then->target_text : "");
}

static void budget_tighten(struct ratcheting *r, const struct budget *budget) {
    size_t stored = budget_position(&r->stored_set, budget->id);
    bool measured =
        stored < r->stored_set.count && measured_alike(budget, &r->stored_set.budgets[stored]);
    if (!measured)
        diag_warning(r->diags, RATCHET_UNMEASURED, budget->place, NULL,
                     "the report has no measurement of `%s` as it stands here", budget->id);
    for (size_t i = 0; i < budget->original_count; i++) {
        const struct limit *limit = &budget->originals[i];
        bool bounds = limit->kind == LIMIT_MAX || limit->kind == LIMIT_MIN;
        if (bounds && text_equal(limit->place.file, budget->place.file))
            limit_tighten(r, budget, limit, measured ? stored_row(r, stored, limit) : NULL);
    }
}

static int by_offset(const void *a, const void *b) {
    const struct ratchet_step *x = a, *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void steps_take(struct ratcheting *r) {
    struct ratchet *ratchet = r->ratchet;
    struct text edited = text_begin(r->arena);
    size_t from = 0, kept = 0;
    for (size_t i = 0; i < ratchet->count; i++)
        if (!ratchet->steps[i].stays) ratchet->steps[kept++] = ratchet->steps[i];
    ratchet->count = kept;
    if (kept == 0) return;
    qsort(ratchet->steps, ratchet->count, sizeof *ratchet->steps, by_offset);
    for (size_t i = 0; i < ratchet->count; i++) {
        const struct ratchet_step *step = &ratchet->steps[i];
        text_add_bytes(&edited, ratchet->bytes + from, step->offset - from);
        text_add(&edited, step->after);
        from = step->offset + step->length;
    }
    text_add_bytes(&edited, ratchet->bytes + from, ratchet->length - from);
    ratchet->edited = edited.data;
}

/* What is to be written is compared with what stands there, as `diff` does: it may be tighter. */
static bool edited_check(struct ratcheting *r) {
    struct policy policy;
    struct policy_request compared = {.old = r->file, .new = r->file, .every_profile = true};
    compared.new.input = r->ratchet->edited;
    compared.new.input_length = strlen(r->ratchet->edited);
    if (!policy_compare(r->arena, &compared, &policy, r->diags)) return false;
    if (policy.diff.count == policy.counts[CHANGE_TIGHTER]) return true;
    return diag_error(r->diags, RATCHET_CHECK, (struct place){.file = r->request->file}, NULL,
                      "the edited file would not be tighter in all places; nothing was written");
}

/* The file as standard input of its own folder: read once, judged and edited as the same bytes. */
static bool file_load(struct ratcheting *r) {
    static const char *const standard[] = {"-"};
    const struct ratchet_request *request = r->request;
    struct ratchet *ratchet = r->ratchet;
    const struct budget_request *like = &request->budget;
    if (!file_read(r->arena, request->file, yaml_bounds_default.bytes, &ratchet->bytes,
                   &ratchet->length, r->diags))
        return false;
    r->file = policy_side(r->arena, like, &(struct probe_texts){&request->file, 1});
    r->file.directory =
        path_directory(r->arena, path_join(r->arena, like->directory, request->file));
    r->file.files = (struct probe_texts){standard, 1};
    r->file.unmoored = true;
    r->file.input = ratchet->bytes;
    r->file.input_length = ratchet->length;
    return budget_load(r->arena, &r->file, &r->set, r->diags);
}

static bool report_load(struct ratcheting *r) {
    struct report report;
    struct evidence *evidence;
    return report_read(r->arena, r->request->report, &report, &r->stored_set, &evidence, &r->stored,
                       r->diags);
}

static bool file_write(const struct ratcheting *r) {
    struct output output;
    const char *bytes = r->ratchet->edited;
    return output_open(r->arena, r->request->file, &output, r->diags) &&
           output_commit(&output, bytes, strlen(bytes), r->diags);
}

/* It was read as standard input. */
static void diags_rename(const struct ratcheting *r) {
    for (size_t i = 0; i < r->diags->count; i++)
        if (text_equal(r->diags->items[i].place.file, "standard input"))
            r->diags->items[i].place.file = r->request->file;
}

static bool file_ratchet(struct ratcheting *r) {
    if (!report_load(r) || !file_load(r)) return false;
    for (size_t i = 0; i < r->set.count; i++)
        if (text_equal(r->set.budgets[i].place.file, "standard input"))
            budget_tighten(r, &r->set.budgets[i]);
    steps_take(r);
    if (!r->ratchet->edited) return true;
    return edited_check(r) && (r->request->dry_run || file_write(r));
}

bool ratchet_run(struct arena *arena, const struct ratchet_request *request,
                 struct ratchet *ratchet, struct diags *diags) {
    struct ratcheting *r = arena_new_object(arena, struct ratcheting);
    *ratchet = (struct ratchet){0};
    r->arena = arena;
    r->request = request;
    r->ratchet = ratchet;
    r->diags = diags;
    bool good = file_ratchet(r);
    diags_rename(r);
    return good;
}
