#include <math.h>

#include "app/merge_parts.h"
#include "base/array.h"
#include "base/text.h"

static bool differs(struct diags *diags, const char *what, const struct shard *a,
                    const struct shard *b, const char *const values[2]) {
    struct arena *arena = diags->arena;
    return diag_error(diags, MERGE_DIFFERS, NO_PLACE, "merge the reports of one run",
                      "`%s` and `%s` are not of one run: %s %s and %s", text_inert(arena, a->path),
                      text_inert(arena, b->path), what,
                      values[0] ? text_inert(arena, values[0]) : "none",
                      values[1] ? text_inert(arena, values[1]) : "none");
}

/* Where both know it, it has to be the same. */
static bool same(struct diags *diags, const char *what, const struct shard *a,
                 const struct shard *b, const char *const values[2]) {
    if (!values[0] || !values[1] || text_equal(values[0], values[1])) return true;
    return differs(diags, what, a, b, values);
}

static bool same_files(struct diags *diags, const struct shard *a, const struct shard *b) {
    bool good = true;
    for (size_t i = 0; i < a->set.file_count; i++)
        for (size_t other = 0; other < b->set.file_count; other++) {
            const struct budget_file *one = &a->set.files[i], *two = &b->set.files[other];
            if (!text_equal(one->path, two->path) || text_equal(one->sha256, two->sha256)) continue;
            const char *what =
                text_format(diags->arena, "`%s` has SHA-256", text_inert(diags->arena, one->path));
            const char *const sums[] = {one->sha256, two->sha256};
            good = differs(diags, what, a, b, sums) && good;
        }
    return good;
}

static bool same_base(struct diags *diags, const struct shard *a, const struct shard *b) {
    const struct report_against *one = a->report.against, *two = b->report.against;
    if (!one && !two) return true;
    const char *const names[] = {one ? one->name : NULL, two ? two->name : NULL};
    if (!one || !two || one->basis != two->basis || !text_equal(one->name, two->name))
        return differs(diags, "compared with", a, b, names);
    const char *const revisions[] = {one->revision, two->revision};
    return same(diags, "compared with revision", a, b, revisions);
}

bool shards_fit(const struct shards *shards, struct diags *diags) {
    bool good = true;
    const struct shard *a = &shards->items[0];
    for (size_t i = 1; i < shards->count; i++) {
        const struct shard *b = &shards->items[i];
        const struct environment *one = &a->report.environment, *two = &b->report.environment;
        const char *const tools[] = {one->tool, two->tool};
        const char *const projects[] = {a->set.project, b->set.project};
        const char *const revisions[] = {one->revision, two->revision};
        if (!text_equal(one->tool, two->tool)) good = differs(diags, "perfbudget", a, b, tools);
        good = same(diags, "project", a, b, projects) && good;
        good = same(diags, "revision", a, b, revisions) && good;
        good = same_base(diags, a, b) && good;
        for (size_t before = 0; before < i; before++)
            good = same_files(diags, &shards->items[before], b) && good;
    }
    return good;
}

static void keep_same(const char **value, const char *other) {
    if (!text_equal(*value, other)) *value = NULL;
}

static const char *library_version(const struct environment *environment, const char *name) {
    const struct library_version *row = environment->libraries;
    for (; row && row->name; row++)
        if (text_equal(row->name, name)) return row->version;
    return NULL;
}

/* Libraries of the same version on all. */
static const struct library_version *common_libraries(const struct shards *shards) {
    struct library_version *list = NULL;
    size_t count = 0;
    const struct library_version *row = shards->items[0].report.environment.libraries;
    for (; row && row->name; row++) {
        bool all = true;
        for (size_t i = 1; i < shards->count && all; i++)
            all = text_equal(row->version,
                             library_version(&shards->items[i].report.environment, row->name));
        if (all) *array_add(shards->arena, list, count) = *row;
    }
    *array_add(shards->arena, list, count) = (struct library_version){0};
    return list;
}

struct environment shards_environment(const struct shards *shards) {
    struct environment made = shards->items[0].report.environment;
    for (size_t i = 1; i < shards->count; i++) {
        const struct environment *next = &shards->items[i].report.environment;
        keep_same(&made.fingerprint, next->fingerprint);
        keep_same(&made.host, next->host);
        keep_same(&made.os, next->os);
        keep_same(&made.kernel, next->kernel);
        keep_same(&made.cpu, next->cpu);
        keep_same(&made.cpu_limit, next->cpu_limit);
        keep_same(&made.memory_limit, next->memory_limit);
        keep_same(&made.branch, next->branch);
        keep_same(&made.ci, next->ci);
        if (!made.revision) made.revision = next->revision;
        if (made.cores != next->cores) made.cores = 0;
        if (made.memory != next->memory) made.memory = NAN;
        for (int l = 0; l < 3; l++) made.load[l] = fmax(made.load[l], next->load[l]);
        made.pressure_cpu = fmax(made.pressure_cpu, next->pressure_cpu);
        made.pressure_io = fmax(made.pressure_io, next->pressure_io);
        made.pressure_memory = fmax(made.pressure_memory, next->pressure_memory);
        made.spawn = fmax(made.spawn, next->spawn);
    }
    made.libraries = common_libraries(shards);
    return made;
}

static bool file_is_known(const struct budget_set *set, const char *path) {
    for (size_t i = 0; i < set->file_count; i++)
        if (text_equal(set->files[i].path, path)) return true;
    return false;
}

void shards_join_files(const struct shards *shards, struct budget_set *set) {
    const char **profiles = NULL;
    size_t count = 0;
    for (size_t i = 0; i < shards->count; i++) {
        const struct budget_set *from = &shards->items[i].set;
        for (size_t f = 0; f < from->file_count; f++)
            if (!file_is_known(set, from->files[f].path))
                *array_add(shards->arena, set->files, set->file_count) = from->files[f];
        for (size_t p = 0; p < from->profiles.count; p++) {
            bool known = false;
            for (size_t k = 0; k < count && !known; k++)
                known = text_equal(profiles[k], from->profiles.items[p]);
            if (!known) *array_add(shards->arena, profiles, count) = from->profiles.items[p];
        }
    }
    set->profiles = (struct probe_texts){profiles, count};
}

static struct report_shard shard_line(const struct shard *shard) {
    size_t measured = 0;
    for (size_t i = 0; i < shard->set.count; i++)
        measured += shard->set.budgets[i].selected || shard->set.budgets[i].leaned_on;
    return (struct report_shard){
        .report = shard->path,
        .exit_code = shard->report.exit_code,
        .started_at = shard->report.started_at,
        .duration = shard->report.duration,
        .host = shard->report.environment.host,
        .fingerprint = shard->report.environment.fingerprint,
        .budgets = measured,
    };
}

void shards_list(const struct shards *shards, struct report *report) {
    struct report_shard *list = NULL;
    size_t count = 0;
    for (size_t i = 0; i < shards->count; i++) {
        const struct shard *shard = &shards->items[i];
        for (size_t s = 0; s < shard->report.shard_count; s++)
            *array_add(shards->arena, list, count) = shard->report.shards[s];
        if (!shard->report.shard_count) *array_add(shards->arena, list, count) = shard_line(shard);
    }
    report->shards = list;
    report->shard_count = count;
}
