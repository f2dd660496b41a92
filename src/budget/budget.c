#include "budget/budget.h"

#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/file.h"
#include "budget/derive.h"
#include "budget/loading.h"
#include "budget/loading_servers.h"

static void request_read(struct loading *l) {
    const struct budget_request *request = l->request;
    struct budget_values values = {0};
    struct field_context context = {l->arena, 1000, l->diags};
    field_defaults(&context, &budget_keys_budget.rows[0].option, budget_keys_budget.count,
                   sizeof(struct budget_key), &l->fallbacks);
    struct probe_option confidence = budget_key_find(&budget_keys_budget, "confidence")->option;
    struct probe_option limit = budget_key_find(&budget_keys_budget, "time_limit")->option;
    confidence.name = "--confidence";
    limit.name = "--time-limit";
    if (request->confidence)
        field_parse(&context, &confidence, request->confidence, NO_PLACE, &values);
    if (request->time_limit) field_parse(&context, &limit, request->time_limit, NO_PLACE, &values);
    l->confidence = values.confidence;
    l->time_limit = values.time_limit;
}

static void empty_check(struct loading *l) {
    if (l->set->count > 0 || l->diags->errors > 0) return;
    struct place place = {.file = l->source_count ? l->sources[0].name : NULL};
    diag_error(l->diags, BUDGET_EMPTY, place, "write one below `budgets:`",
               "there is no budget, so nothing could be judged");
}

/* Whether it cannot be said what a budget leans on: its `of` or `derive` is a mistake. */
static bool leans_nowhere(const struct loading *l, size_t number) {
    const struct draft *draft = &l->drafts[number];
    const struct budget *budget = &l->set->budgets[number];
    if (draft->values.of) return draft->lean_count == 0 || draft->circular;
    if (draft->values.derive) return !budget->derive || !budget->derive->root;
    return yaml_get(draft->merged, "of") || yaml_get(draft->merged, "derive");
}

/* What a mistaken budget was to lean on is not known, so nothing is said of what nobody seems to
 * lean on. */
static void limitless_check(struct loading *l) {
    for (size_t i = 0; i < l->set->count; i++)
        if (l->diags->errors > 0 && leans_nowhere(l, i)) return;
    for (size_t i = 0; i < l->set->count; i++) {
        const struct draft *draft = &l->drafts[i];
        if (draft->limited || draft->leaned || draft->layer_count == 0) continue;
        diag_error(l->diags, BUDGET_NO_LIMITS, l->set->budgets[i].place, "add `limits:`",
                   "the budget %s has no limits, and no other leans on it",
                   quote(l->arena, l->set->budgets[i].id));
    }
}

/* Of several files named, the first that says counts, as with `project`. */
static void build_set(const struct loading *l, struct budget_set *set) {
    for (size_t i = 0; i < l->source_count && !set->build.count; i++) {
        set->build = l->sources[i].values.build;
        set->build_directory = l->sources[i].directory;
    }
}

static const char *project_of(const struct loading *l) {
    for (size_t i = 0; i < l->source_count; i++)
        if (l->sources[i].values.project) return l->sources[i].values.project;
    return NULL;
}

static const char *reported_path(const struct loading *l, const struct source *source) {
    if (source->path[0] != '/') return source->path;
    const char *root = l->set->root;
    return path_below(root, source->path) ? path_relative(l->arena, root, source->path)
                                          : source->path;
}

static void files_store(struct loading *l) {
    struct budget_set *set = l->set;
    for (size_t i = 0; i < l->source_count; i++)
        *array_add(l->arena, set->files, set->file_count) = (struct budget_file){
            .path = reported_path(l, &l->sources[i]),
            .sha256 = l->sources[i].sha256,
            .folder = l->sources[i].folder,
            .root = l->sources[i].root,
            .tree = l->sources[i].tree,
            .vars = l->sources[i].vars,
        };
    for (size_t i = 0; i < set->count; i++)
        set->budgets[i].file = set->files[l->drafts[i].source].path;
    set->project = project_of(l);
    build_set(l, set);
    set->profiles = l->request->profiles;
    secrets_join(l);
    set->secrets = (struct probe_pairs){l->secrets, l->secret_count};
}

static const char *diag_place_key(struct arena *arena, const struct diag *diag, bool with_message) {
    const char *place = text_format(arena, "%d:%d:%s", diag->place.line, diag->place.column,
                                    diag->place.file ? diag->place.file : "");
    if (!with_message) return place;
    return text_format(arena, "%s:%d:%s", place, (int)diag->code, diag->message);
}

static bool is_fill_problem(enum diag_code code) {
    return code == BUDGET_VARIABLE || code == BUDGET_VARIABLE_NAME || code == BUDGET_ENVIRONMENT ||
           code == BUDGET_NESTED_VARIABLE || code == BUDGET_FILLED_TOO_LONG;
}

/* One mistake in defaults shows in every budget, and what could not be filled in is wrong in other
 * ways too: each is said once. */
static void diags_thin(struct loading *l, size_t first) {
    struct diags *diags = l->diags;
    struct name_index seen = {.arena = l->arena}, unfilled = {.arena = l->arena};
    for (size_t i = first; i < diags->count; i++)
        if (is_fill_problem(diags->items[i].code) && diags->items[i].place.line > 0)
            name_index_add(&unfilled, diag_place_key(l->arena, &diags->items[i], false), i);
    size_t kept = first;
    for (size_t i = first; i < diags->count; i++) {
        const struct diag *diag = &diags->items[i];
        bool fills = is_fill_problem(diag->code);
        bool follows = !fills && name_index_find(
                                     &unfilled, diag_place_key(l->arena, diag, false)) != NAME_NONE;
        if (follows || !name_index_add(&seen, diag_place_key(l->arena, diag, true), i)) {
            diags->errors -= diag->level == DIAG_ERROR;
            continue;
        }
        diags->items[kept++] = *diag;
    }
    diags->count = kept;
}

static void budgets_resolve(struct loading *l) {
    servers_resolve(l);
    drafts_collect(l);
    empty_check(l);
    for (size_t i = 0; i < l->set->count; i++)
        budget_resolve(l, &l->drafts[i], &l->set->budgets[i]);
    leaning_resolve(l);
    for (size_t i = 0; i < l->set->count; i++)
        limits_resolve(l, &l->drafts[i], &l->set->budgets[i]);
    limitless_check(l);
    if (!l->request->unmoored) profiles_try(l);
}

static bool root_find(const struct budget_request *request, struct budget_set *set,
                      struct diags *diags) {
    struct arena *arena = set->arena;
    struct stat status;
    if (!request->directory)
        return diag_error(diags, BUDGET_ROOT, NO_PLACE, "change to a folder that is there",
                          "the current directory has been removed");
    set->root = request->root ? path_join(arena, request->directory, request->root)
                              : path_find_root(arena, request->directory);
    if (request->untrusted && strcmp(set->root, "/") == 0)
        return diag_error(diags, BUDGET_UNTRUSTED, NO_PLACE, "name a folder with --root",
                          "the root is the whole machine, and --untrusted keeps files below it");
    if (!request->root || (stat(set->root, &status) == 0 && S_ISDIR(status.st_mode))) return true;
    return diag_error(diags, BUDGET_ROOT, NO_PLACE, "name the folder that all paths stay in",
                      "the root `%s` is no folder", text_inert(arena, request->root));
}

bool budget_load(struct arena *arena, const struct budget_request *request, struct budget_set *set,
                 struct diags *diags) {
    struct name_index *ids = arena_new_object(arena, struct name_index);
    struct loading loading = {.arena = arena,
                              .request = request,
                              .set = set,
                              .diags = diags,
                              .ids = ids,
                              .own_server = SERVER_NONE};
    size_t first = diags->count, errors = diags->errors;
    *ids = (struct name_index){.arena = arena};
    *set = (struct budget_set){.arena = arena, .outside = request->allow_outside, .index = ids};
    if (!root_find(request, set, diags)) return false;
    request_read(&loading);
    sources_collect(&loading);
    headers_check(&loading);
    budgets_resolve(&loading);
    if (diags->errors == errors) {
        files_store(&loading);
        selection_resolve(&loading);
    }
    diags_thin(&loading, first);
    return diags->errors == errors;
}
