#include "budget/diff.h"

#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "budget/differ.h"
#include "schema/field.h"
#include "yaml/yaml.h"

const char *const change_words[] = {"neutral", "tighter", "added", "looser", "removed"};

bool change_loosens(const struct budget_change *change) {
    return change->class == CHANGE_LOOSER || change->class == CHANGE_REMOVED;
}

static const char *subject_text(const struct differ *d, const struct budget *budget) {
    const char *target = budget->target_text ? budget->target_text : "";
    if (budget->of) return text_format(d->arena, "of: %s", budget->of);
    if (budget->derive) return text_format(d->arena, "derive: %s", target);
    return text_format(d->arena, "%s: %s", budget->probe->name, target);
}

static bool texts_same(const struct probe_texts *a, const struct probe_texts *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++) same = text_equal(a->items[i], b->items[i]);
    return same;
}

static bool subject_same(const struct differ *d) {
    const struct budget *a = d->old, *b = d->new;
    return a->probe == b->probe && text_equal(a->of, b->of) &&
           text_equal(a->values->derive, b->values->derive) && texts_same(&a->targets, &b->targets);
}

static void subject_diff(struct differ *d) {
    if (subject_same(d)) return;
    struct budget_change *change = change_add(d, CHANGE_LOOSER, "target");
    change->before = subject_text(d, d->old);
    change->after = subject_text(d, d->new);
    change->reason = "something else is measured";
}

static void directory_diff(struct differ *d) {
    const char *before = path_relative(d->arena, d->old_anchor, d->old->directory);
    const char *after = path_relative(d->arena, d->new_anchor, d->new->directory);
    if (strcmp(before, after) == 0) return;
    struct budget_change *change = change_add(d, CHANGE_LOOSER, "directory");
    change->before = before;
    change->after = after;
    change->reason = "something else is measured";
}

static void kilobyte_diff(struct differ *d) {
    if (d->old->kilobyte == d->new->kilobyte) return;
    struct budget_change *change = change_add(d, CHANGE_LOOSER, "kilobyte");
    change->before = text_format(d->arena, "%.0f", d->old->kilobyte);
    change->after = text_format(d->arena, "%.0f", d->new->kilobyte);
    change->reason = "the same text means another size";
}

static void budget_pair_diff(struct differ *d) {
    subject_diff(d);
    directory_diff(d);
    kilobyte_diff(d);
    keys_diff(d);
    if (d->old->probe && d->old->probe == d->new->probe) options_diff(d);
    limits_diff(d);
    waiver_diff(d);
}

/* Whether the folder is the root of a checkout, so that places in it can be compared. */
static bool is_checkout(struct arena *arena, const char *folder) {
    struct stat status;
    return lstat(path_join(arena, folder, ".git"), &status) == 0;
}

/* Places are compared from the roots of two checkouts. A file that lies in none, or in the same one
 * (`git show main:budget.yaml > base.yaml`), stands for the one it is compared with: then places
 * are compared from the folders of both. */
static void anchors_set(struct differ *d) {
    const struct budget_set *old = d->old_set, *new = d->new_set;
    bool both = strcmp(old->root, new->root) != 0 && is_checkout(d->arena, old->root) &&
                is_checkout(d->arena, new->root);
    d->old_anchor = both ? old->root : old->files[0].folder;
    d->new_anchor = both ? new->root : new->files[0].folder;
}

static const char *build_text(struct arena *arena, const struct budget_set *set) {
    struct text text = text_begin(arena);
    for (size_t i = 0; i < set->build.count; i++)
        text_add_format(&text, "%s%s", i ? " " : "", set->build.items[i]);
    return set->build.count ? text.data : NULL;
}

static struct budget_change *file_change(struct differ *d, const char *key) {
    struct budget_change *change = array_add(d->arena, d->diff->items, d->diff->count);
    *change = (struct budget_change){
        .class = CHANGE_LOOSER,
        .id = text_format(d->arena, "file:%s", key),
        .what = key,
        .place = {.file = d->new_set->files[0].path},
    };
    return change;
}

static void build_diff(struct differ *d) {
    const struct budget_set *old = d->old_set, *new = d->new_set;
    bool moved =
        old->build.count && new->build.count &&strcmp(
                                path_relative(d->arena, d->old_anchor, old->build_directory),
                                path_relative(d->arena, d->new_anchor, new->build_directory)) != 0;
    if (texts_same(&old->build, &new->build) && !moved) return;
    struct budget_change *change = file_change(d, "build");
    change->before = build_text(d->arena, old);
    change->after = build_text(d->arena, new);
    change->reason = "what is measured is built another way";
}

/* The keys of a file whose effect is seen elsewhere: in budgets, or nowhere. */
static const char *const file_keys_seen[] = {"version",  "project",  "directory", "kilobyte",
                                             "include",  "vars",     "env",       "build",
                                             "defaults", "profiles", "budgets"};

static bool is_seen(const char *key) {
    for (size_t i = 0; i < array_length(file_keys_seen); i++)
        if (strcmp(file_keys_seen[i], key) == 0) return true;
    return false;
}

static const struct yaml_node *file_node(const struct budget_set *set, const char *key) {
    const struct yaml_node *found = NULL;
    for (size_t i = 0; i < set->file_count && !found; i++)
        found = yaml_get(set->files[i].tree, key);
    return found;
}

/* What is not known in particular is compared as written, with all variables it may use. */
static void file_key_diff(struct differ *d, const char *key) {
    const struct yaml_node *old = file_node(d->old_set, key), *new = file_node(d->new_set, key);
    if (node_same(old, new) && (!new || vars_same(d))) return;
    struct budget_change *change = file_change(d, key);
    change->reason = "what is measured runs in another way";
    if (new) change->place = new->place;
}

static void files_diff(struct differ *d) {
    build_diff(d);
    for (size_t i = 0; i < budget_keys_file.count; i++) {
        const char *key = budget_keys_file.rows[i].option.name;
        if (!is_seen(key)) file_key_diff(d, key);
    }
}

void budget_diff(struct arena *arena, const struct budget_set *old, const struct budget_set *new,
                 struct budget_diff *diff) {
    struct differ d = {.arena = arena, .old_set = old, .new_set = new, .diff = diff};
    anchors_set(&d);
    files_diff(&d);
    for (size_t i = 0; i < new->count; i++) {
        d.new = &new->budgets[i];
        d.old = budget_find(old, d.new->id);
        if (d.old)
            budget_pair_diff(&d);
        else
            change_add(&d, CHANGE_ADDED, "the budget")->after = subject_text(&d, d.new);
    }
    d.new = NULL;
    for (size_t i = 0; i < old->count; i++) {
        d.old = &old->budgets[i];
        if (!budget_find(new, d.old->id))
            change_add(&d, CHANGE_REMOVED, "the budget")->before = subject_text(&d, d.old);
    }
}
