#include "app/policy.h"

#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/file.h"
#include "base/quote.h"
#include "base/suggest.h"
#include "base/text.h"
#include "budget/name_index.h"
#include "yaml/yaml.h"

/* One comparison under way. */
struct comparing {
    struct arena *arena;
    const struct policy_request *request;
    struct policy *policy;
    struct budget_set old, new; /* of the view at hand */
    struct name_index known;    /* changes so far */
    bool several;               /* profiles are compared one by one */
    struct diags *diags;
};

static const char *folder_of(struct arena *arena, const struct budget_request *like,
                             const char *file) {
    struct stat status;
    if (strcmp(file, "-") == 0) return like->directory;
    const char *path = path_join(arena, like->directory, file);
    bool folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    return folder ? path : path_directory(arena, path);
}

struct budget_request policy_side(struct arena *arena, const struct budget_request *like,
                                  const struct probe_texts *files) {
    struct budget_request side = *like;
    side.files = *files;
    side.untrusted = false;
    side.root = path_find_root(arena, folder_of(arena, like, files->items[0]));
    return side;
}

bool policy_input(struct arena *arena, struct budget_request *request, struct diags *diags) {
    for (size_t i = 0; i < request->files.count && !request->input; i++)
        if (strcmp(request->files.items[i], "-") == 0 &&
            !file_read(arena, "-", yaml_bounds_default.bytes, &request->input,
                       &request->input_length, diags))
            return false;
    return true;
}

/* Nothing is selected and nothing runs, so that what selects and refuses does not matter. */
static bool side_load(struct comparing *c, const struct budget_request *like,
                      const struct probe_texts *profiles, struct budget_set *set) {
    struct budget_request request = *like;
    struct diags found = diags_begin(c->arena);
    request.unmoored = true;
    request.no_exec = false;
    request.only = request.skip = (struct probe_texts){0};
    request.profiles = *profiles;
    if (budget_load(c->arena, &request, set, &found)) return true;
    diags_join(c->diags, &found);
    return false;
}

static const char *change_key(struct arena *arena, const struct budget_change *change) {
    return text_format(arena, "%d\n%s\n%s\n%s\n%s", (int)change->class, change->id, change->what,
                       change->before ? change->before : "", change->after ? change->after : "");
}

static const char *profiles_text(struct arena *arena, const struct probe_texts *profiles) {
    struct text text = text_begin(arena);
    for (size_t i = 0; i < profiles->count; i++)
        text_add_format(&text, "%s%s", i ? ", " : "", profiles->items[i]);
    return profiles->count ? text.data : NULL;
}

static bool is_allowed(const struct probe_texts *allow, const char *id) {
    for (size_t i = 0; i < allow->count; i++)
        if (strcmp(allow->items[i], id) == 0) return true;
    return false;
}

/* What holds with a profile as well as without it is said once. */
static void changes_keep(struct comparing *c, const struct budget_diff *found,
                         const struct probe_texts *profiles) {
    struct policy *policy = c->policy;
    for (size_t i = 0; i < found->count; i++) {
        if (!name_index_add(&c->known, change_key(c->arena, &found->items[i]), i)) continue;
        struct budget_change *change = array_add(c->arena, policy->diff.items, policy->diff.count);
        *change = found->items[i];
        if (c->several) change->profile = profiles_text(c->arena, profiles);
        change->allowed = change_loosens(change) && is_allowed(&c->request->allow, change->id);
        policy->counts[change->class]++;
        policy->refused += change_loosens(change) && !change->allowed;
    }
}

static bool view_compare(struct comparing *c, const struct probe_texts *profiles) {
    struct budget_diff found = {0};
    if (!side_load(c, &c->request->old, profiles, &c->old) ||
        !side_load(c, &c->request->new, profiles, &c->new))
        return false;
    budget_diff(c->arena, &c->old, &c->new, &found);
    changes_keep(c, &found, profiles);
    return true;
}

static void profiles_declared(struct comparing *c, const struct budget_set *set,
                              const char ***names, size_t *count) {
    for (size_t i = 0; i < set->file_count; i++) {
        const struct yaml_node *map = yaml_get(set->files[i].tree, "profiles");
        for (size_t p = 0; map && map->kind == YAML_MAP && p < map->count; p++) {
            const char *name = map->pairs[p].key->text;
            const struct probe_texts known = {*names, *count};
            if (!is_allowed(&known, name)) *array_add(c->arena, *names, *count) = name;
        }
    }
}

static bool profiles_compare(struct comparing *c) {
    const char **names = NULL;
    size_t count = 0;
    profiles_declared(c, &c->old, &names, &count);
    profiles_declared(c, &c->new, &names, &count);
    if (count > POLICY_PROFILES_MAX)
        return diag_error(
            c->diags, POLICY_PROFILES, NO_PLACE, "compare those that matter with --profile",
            "there are %zu profiles, and at most %d are compared", count, POLICY_PROFILES_MAX);
    for (size_t i = 0; i < count; i++)
        if (!view_compare(c, &(struct probe_texts){&names[i], 1})) return false;
    return true;
}

/* An id that nobody knows is a slip, and would go unnoticed until it matters. */
static bool allow_check(struct comparing *c) {
    const struct probe_texts *allow = &c->request->allow;
    bool good = true;
    for (size_t i = 0; i < allow->count; i++) {
        const char *id = allow->items[i];
        if (text_starts(id, "file:") || budget_find(&c->old, id) || budget_find(&c->new, id))
            continue;
        const char **names = NULL;
        size_t count = 0;
        for (size_t b = 0; b < c->new.count; b++)
            *array_add(c->arena, names, count) = c->new.budgets[b].id;
        for (size_t b = 0; b < c->old.count; b++)
            *array_add(c->arena, names, count) = c->old.budgets[b].id;
        const char *near = suggest(id, names, count);
        good = diag_error(c->diags, POLICY_UNKNOWN, NO_PLACE,
                          near ? text_format(c->arena, "did you mean `%s`?", near)
                               : "name the id of a budget, as the comparison shows it",
                          "--allow-loosening %s: there is no such budget", quote(c->arena, id));
    }
    return good;
}

bool policy_compare(struct arena *arena, const struct policy_request *request,
                    struct policy *policy, struct diags *diags) {
    struct comparing c = {.arena = arena,
                          .request = request,
                          .policy = policy,
                          .known = {.arena = arena},
                          .diags = diags};
    static const struct probe_texts none = {0};
    const struct probe_texts *asked = &request->new.profiles;
    *policy = (struct policy){0};
    if (asked->count && !request->every_profile) {
        if (!view_compare(&c, asked)) return false;
        return allow_check(&c);
    }
    c.several = true;
    if (!view_compare(&c, &none) || !profiles_compare(&c)) return false;
    if (asked->count > 1 && !view_compare(&c, asked)) return false;
    return allow_check(&c);
}

static const char *change_text(struct arena *arena, const struct budget_change *change) {
    struct text text = text_begin(arena);
    text_add_format(&text, "%s: %s", quote(arena, change->id), text_inert(arena, change->what));
    if (change->class == CHANGE_REMOVED) text_add(&text, " was removed");
    if (change->class == CHANGE_LOOSER && change->before && change->after)
        text_add_format(&text, " is looser: %s instead of %s", quote(arena, change->after),
                        quote(arena, change->before));
    else if (change->class == CHANGE_LOOSER && change->after)
        text_add_format(&text, " is looser: %s", quote(arena, change->after));
    else if (change->class == CHANGE_LOOSER)
        text_add(&text, " is looser");
    if (change->reason) text_add_format(&text, "; %s", text_inert(arena, change->reason));
    if (change->profile)
        text_add_format(&text, " (with the profile %s)", quote(arena, change->profile));
    return text.data;
}

bool policy_enforce(const struct policy *policy, struct diags *diags) {
    struct arena *arena = diags->arena;
    for (size_t i = 0; i < policy->diff.count; i++) {
        const struct budget_change *change = &policy->diff.items[i];
        if (!change_loosens(change)) continue;
        const char *message = change_text(arena, change);
        if (change->allowed)
            diag_note(diags, POLICY_LOOSENED, change->place, NULL, "%s; it was allowed", message);
        else
            diag_error(diags, POLICY_LOOSENED, change->place,
                       text_format(arena,
                                   "take it back, or have somebody outside of the change pass "
                                   "--allow-loosening %s",
                                   text_inert(arena, change->id)),
                       "%s", message);
    }
    return policy->refused == 0;
}
