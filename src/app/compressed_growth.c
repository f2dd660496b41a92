#include "app/compressed_growth.h"

#include <unistd.h>

#include "app/inspect_compressed.h"
#include "base/array.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "probes/glob.h"
#include "probes/size_label.h"
#include "probes/wasm_config.h"
#include "report/attribution.h"
#include "verdict/expression.h"

static const char *const kind_words[COMPRESSED_LISTS] = {"section", "namespace", "function"};

/* One run's estimates being made. */
struct estimating {
    struct arena *arena;
    const struct compressed_growth_request *request;
    struct thread_pool *pool;
    uint64_t deadline;
};

/* The file of one metric that grew most. */
struct grown_file {
    const char *label; /* NULL: none grew */
    double value, baseline;
};

static double base_value(const struct measurement *base, const char *metric, const char *label) {
    for (size_t i = 0; i < base->count; i++) {
        const struct series *series = &base->series[i];
        if (series->count == 1 && text_equal(series->labels[0], label) &&
            text_equal(base->metrics->items[series->metric]->name, metric))
            return series->samples[0];
    }
    return 0;
}

static struct grown_file find_file(const struct measurement *head, const struct measurement *base,
                                   const struct limit *limit) {
    struct grown_file found = {0};
    const char *metric = head->metrics->items[limit->metric]->name;
    for (size_t i = 0; i < head->count; i++) {
        const struct series *series = &head->series[i];
        if (series->metric != limit->metric || series->count != 1 || !series->labels[0] ||
            !label_pattern_match(&limit->pattern, series))
            continue;
        double then = base_value(base, metric, series->labels[0]), now = series->samples[0];
        if (then > 0 && now - then > found.value - found.baseline)
            found = (struct grown_file){series->labels[0], now, then};
    }
    return found;
}

/* A checkout, and how a budget's folder is called in it. */
struct place_of_files {
    const char *root, *directory;
};

static struct place_of_files head_place(const struct budget_set *set, const struct budget *budget) {
    return (struct place_of_files){set->root, budget->directory};
}

static struct place_of_files base_place(const struct estimating *estimating,
                                        const struct budget *budget) {
    const char *root = estimating->request->base_root;
    const char *below =
        path_relative(estimating->arena, estimating->request->set->root, budget->directory);
    bool same = text_equal(below, ".") || !*below;
    return (struct place_of_files){root, same ? root : path_join(estimating->arena, root, below)};
}

/* The path that the probe labelled so, or NULL. */
static const char *find_path(const struct estimating *estimating, const struct budget *budget,
                             struct place_of_files place, const char *label) {
    struct arena *arena = estimating->arena;
    const struct wasm_config *config = budget->config;
    struct glob_plan plan = {
        .directory = place.directory,
        .root = estimating->request->set->outside ? NULL : place.root,
        .patterns = budget->targets,
        .missing_is_empty = true,
    };
    struct glob_files files = {0};
    struct glob_problem problem;
    const char *why, *path = NULL;
    if (!glob_expand(arena, &plan, &files, &problem)) return NULL;
    struct strip *strip = config->size.strip ? strip_new(arena, config->size.strip, &why) : NULL;
    for (size_t i = 0; i < files.count && !path; i++) {
        const char *name = text_inert(arena, files.names[i]);
        if (strip) name = strip_label(arena, strip, name, &why);
        if (text_equal(name, label)) path = files.paths[i];
    }
    strip_free(strip);
    return path;
}

static const char *find_symbols(const struct estimating *estimating, const struct budget *budget,
                                struct place_of_files place) {
    const struct wasm_config *config = budget->config;
    if (!config->symbols) return NULL;
    const char *path = path_join(estimating->arena, place.directory, config->symbols);
    const char *root = estimating->request->set->outside ? NULL : place.root;
    int descriptor = path_open(root, path);
    if (descriptor < 0) return NULL;
    close(descriptor);
    return path;
}

static void take_parts(struct arena *arena, const struct compressed *compressed,
                       struct size_estimate *estimate) {
    for (size_t kind = 0; kind < COMPRESSED_LISTS; kind++) {
        const struct compressed_list *list = &compressed->lists[kind];
        estimate->untried += list->all - list->count;
        for (size_t i = 0; i < list->count; i++) {
            const struct compressed_part *part = &list->items[i];
            *array_add(arena, estimate->parts, estimate->count) = (struct estimated_part){
                .kind = kind_words[kind],
                .name = part->name,
                .value = part->raw > 0 ? part->bytes : 0,
                .baseline = part->raw_before > 0 ? part->before : 0,
                .raw_value = (double)part->raw,
                .raw_baseline = (double)part->raw_before,
            };
        }
    }
}

/* The first error that kept the files from being compared. */
static const char *first_error(const struct diags *diags) {
    return diags->count > 0 ? diags->items[0].message : "it could not be compared";
}

static void estimate_growth(const struct estimating *estimating, const struct budget *budget,
                            struct size_estimate *estimate) {
    struct arena *arena = estimating->arena;
    const struct compressed_growth_request *request = estimating->request;
    struct place_of_files head = head_place(request->set, budget),
                          base = base_place(estimating, budget);
    const struct inspect_request asked = {
        .path = find_path(estimating, budget, head, estimate->file),
        .against = find_path(estimating, budget, base, estimate->file),
        .symbols = find_symbols(estimating, budget, head),
        .symbols_then = find_symbols(estimating, budget, base),
        .encoding = estimate->metric,
        .top = COMPRESSED_GROWTH_PARTS,
        .pool = estimating->pool,
        .deadline = estimating->deadline,
        .observe = request->observe,
        .observer = request->observer,
    };
    struct diags diags = diags_begin(arena);
    struct compressed compressed;
    if (!asked.path || !asked.against)
        estimate->note = "the files are not there any more";
    else if (!inspect_compress(arena, &asked, &compressed, &diags))
        estimate->note = first_error(&diags);
    else
        take_parts(arena, &compressed, estimate);
    if (!estimate->note && (!compressed.whole || estimate->count == 0))
        estimate->note =
            text_format(arena,
                        "compressing %s with and without its parts takes longer than %d s: "
                        "`perfbudget inspect FILE --compressed %s --against OLD` does",
                        estimate->file, COMPRESSED_GROWTH_SECONDS, estimate->metric);
}

static bool is_compressed(const char *metric) {
    return text_equal(metric, "gzip") || text_equal(metric, "brotli") || text_equal(metric, "zstd");
}

static bool is_broken(const struct verdict_row *row) {
    return row->outcome == OUTCOME_FAIL || row->outcome == OUTCOME_WARN ||
           row->outcome == OUTCOME_WAIVED;
}

static bool made_before(const struct measurement *measurement,
                        const struct size_estimate *estimate) {
    for (size_t i = 0; i < measurement->estimate_count; i++)
        if (text_equal(measurement->estimates[i].metric, estimate->metric) &&
            text_equal(measurement->estimates[i].file, estimate->file))
            return true;
    return false;
}

static void add_estimate(const struct estimating *estimating, size_t index,
                         const struct verdict_row *row) {
    const struct compressed_growth_request *request = estimating->request;
    size_t source = verdict_source(request->set, index);
    const struct budget *budget = &request->set->budgets[source];
    const struct measurement *head = request->evidence[source].measurement;
    const struct measurement *base = request->against->bases[source].measurement;
    if (!is_broken(row) || !head || head->missing || !base || base->missing || !budget->probe ||
        !text_equal(budget->probe->name, "wasm"))
        return;
    const char *metric = head->metrics->items[row->limit->metric]->name;
    if (!is_compressed(metric)) return;
    struct grown_file file = find_file(head, base, row->limit);
    struct size_estimate estimate = {
        metric, file.label, head->methods[row->limit->metric], file.value, file.baseline, NULL, 0,
        0,      NULL};
    if (!file.label || made_before(head, &estimate)) return;
    estimate_growth(estimating, budget, &estimate);
    struct measurement *told = arena_new_object(estimating->arena, struct measurement);
    struct size_estimate *list =
        arena_alloc(estimating->arena, (head->estimate_count + 1) * sizeof *list);
    *told = *head;
    for (size_t i = 0; i < head->estimate_count; i++) list[i] = head->estimates[i];
    list[told->estimate_count++] = estimate;
    told->estimates = list;
    request->evidence[source].measurement = told;
}

void compressed_growth_add(struct arena *arena, const struct compressed_growth_request *request) {
    struct estimating estimating = {
        .arena = arena,
        .request = request,
        .pool = thread_pool_new(request->jobs),
        .deadline = clock_now() + clock_nanoseconds(COMPRESSED_GROWTH_SECONDS),
    };
    for (size_t i = 0; i < request->set->count; i++) {
        const struct budget_verdict *verdict = &request->verdicts->budgets[i];
        for (size_t row = 0; row < verdict->count; row++)
            add_estimate(&estimating, i, &verdict->rows[row]);
    }
    thread_pool_free(estimating.pool);
}
