#include <ctype.h>
#include <string.h>

#include "base/array.h"
#include "base/suggest.h"
#include "budget/loading.h"

/* The file cannot be read by the rules of another version, so nothing else is said about it. */
static bool version_check(struct loading *l, struct source *source) {
    const struct yaml_pair *pair = yaml_pair_of(source->tree, "version");
    struct place start = {.file = source->name};
    if (source->tree->count) start = source->tree->pairs[0].key->place;
    if (!pair)
        return diag_error(l->diags, BUDGET_VERSION, start,
                          "write `version: 1` as the first line of the file",
                          "the file does not say its version");
    if (pair->value->kind == YAML_SCALAR && strcmp(pair->value->text, "1") == 0) return true;
    const char *shown = pair->value->kind == YAML_SCALAR ? quote(l->arena, pair->value->text)
                                                         : yaml_kind_text(pair->value);
    return diag_error(l->diags, BUDGET_VERSION, pair->value->place, "write `version: 1`",
                      "version %s is not known; this perfbudget reads version 1", shown);
}

static bool name_check(struct loading *l, const char *name, struct place place, const char *more) {
    bool good = isalpha((unsigned char)name[0]) || name[0] == '_';
    for (size_t i = 0; name[i] && good; i++)
        good = isalnum((unsigned char)name[i]) || strchr(more, name[i]);
    if (good) return true;
    return diag_error(l->diags, BUDGET_VARIABLE_NAME, place,
                      "names are made of letters, digits and _, and do not begin with a digit",
                      "%s is no variable's name", quote(l->arena, name));
}

static void vars_check(struct loading *l, const struct yaml_node *vars) {
    if (!is_map(l, vars, "vars")) return;
    for (size_t i = 0; i < vars->count; i++) {
        const struct yaml_pair *pair = &vars->pairs[i];
        name_check(l, pair->key->text, pair->key->place, "_-");
        if (pair->value->kind == YAML_SCALAR) continue;
        diag_error(l->diags, SCHEMA_KIND, pair->value->place, NULL,
                   "the variable %s is a text, and this is %s", quote(l->arena, pair->key->text),
                   yaml_kind_text(pair->value));
    }
}

static void options_check(struct loading *l, const struct probe *probe,
                          const struct yaml_node *options) {
    const char **names = NULL;
    size_t count = 0;
    if (is_null(options) || !is_map(l, options, quote(l->arena, probe->name))) return;
    for (size_t o = 0; o < probe->option_count; o++)
        *array_add(l->arena, names, count) = field_row(probe->options, probe->option_size, o)->name;
    void *scratch = arena_alloc(l->arena, probe->config_size);
    for (size_t i = 0; i < options->count; i++) {
        const struct yaml_pair *pair = &options->pairs[i];
        size_t o = 0;
        bool secret = false;
        while (o < count && strcmp(names[o], pair->key->text) != 0) o++;
        if (o == count) {
            /* worded as where a budget's own options are bound, so that it is said once */
            diag_error(l->diags, SCHEMA_UNKNOWN_KEY, pair->key->place,
                       hint_nearest(l->arena, pair->key->text, names, count),
                       "%s is not known here", quote(l->arena, pair->key->text));
            continue;
        }
        if (is_null(pair->value)) continue;
        size_t first = l->diags->count;
        struct field_context context = field_context_of(l, pair->value->place, l->diags);
        bind_value(&context, field_row(probe->options, probe->option_size, o),
                   fill(l, pair->value, &secret), scratch);
        if (secret) diags_redact(l, first);
    }
}

/* Mistakes in defaults are mistakes also where no budget uses them. */
static void defaults_check(struct loading *l, const struct yaml_node *defaults) {
    struct budget_values scratch;
    if (!is_map(l, defaults, "defaults")) return;
    for (size_t i = 0; i < defaults->count; i++) {
        const struct yaml_pair *pair = &defaults->pairs[i];
        const struct probe *probe = NULL;
        const struct budget_key *row = key_check(l, &budget_keys_defaults, pair->key, &probe);
        if (probe) options_check(l, probe, pair->value);
        if (!row || is_null(pair->value)) continue;
        struct field_context context = field_context_of(l, pair->value->place, l->diags);
        const struct yaml_node *value = fill(l, pair->value, NULL);
        if (row->shape == KEY_VALUE) bind_value(&context, &row->option, value, &scratch);
    }
}

static void profile_check(struct loading *l, const struct yaml_pair *profile) {
    if (!is_map(l, profile->value, "a profile")) return;
    for (size_t i = 0; i < profile->value->count; i++) {
        const struct yaml_pair *pair = &profile->value->pairs[i];
        const struct probe *probe = NULL;
        const struct budget_key *row = key_check(l, &budget_keys_profile, pair->key, &probe);
        if (!row || is_null(pair->value)) continue;
        if (row->shape == KEY_NAMED_TEXTS) vars_check(l, pair->value);
        if (row->shape == KEY_MAP) defaults_check(l, pair->value);
        if (row->shape == KEY_NAMED) is_map(l, pair->value, "budgets");
    }
}

/* What a file says under `key`, with what the profiles lay over it. */
static const struct yaml_node *with_profiles(struct loading *l, const struct source *source,
                                             const char *key) {
    const struct yaml_node *own = map_get(source->tree, key);
    struct yaml_node *merged = own ? yaml_merge(l->arena, NULL, own) : NULL;
    for (size_t i = 0; i < l->request->profiles.count; i++) {
        const struct yaml_node *profile = profile_of(source, l->request->profiles.items[i]);
        const struct yaml_node *over = map_get(profile, key);
        if (over) merged = yaml_merge(l->arena, merged, over);
    }
    return merged;
}

static void vars_set(struct loading *l, struct source *source) {
    source->vars = with_profiles(l, source, "vars");
    for (size_t i = 0; source->vars && i < source->vars->count; i++)
        if (source->vars->pairs[i].value->kind == YAML_SCALAR)
            name_index_add(&source->var_index, source->vars->pairs[i].key->text, i);
}

static void defaults_set(struct loading *l, struct source *source) {
    source->defaults = with_profiles(l, source, "defaults");
    if (!source->defaults) return;
    struct yaml_node *common = arena_new_object(l->arena, struct yaml_node);
    *common = *source->defaults;
    common->pairs = NULL;
    common->count = 0;
    for (size_t i = 0; i < source->defaults->count; i++)
        if (budget_key_find(&budget_keys_defaults, source->defaults->pairs[i].key->text))
            *array_add(l->arena, common->pairs, common->count) = source->defaults->pairs[i];
    source->common = common;
}

static void value_bind(struct loading *l, struct source *source, const struct budget_key *row,
                       const struct yaml_node *node) {
    bool secret = false, environment = strcmp(row->option.name, "env") == 0;
    bool shown = strcmp(row->option.name, "directory") != 0;
    size_t first = l->diags->count;
    struct field_context context = field_context_of(l, node->place, l->diags);
    const struct yaml_node *value = environment ? node : fill(l, node, shown ? NULL : &secret);
    bind_value(&context, &row->option, value, &source->values);
    if (secret) diags_redact(l, first);
    for (size_t i = 0; environment && i < source->values.env.count; i++)
        name_check(l, source->values.env.items[i], node->place, "_");
}

static void key_read(struct loading *l, struct source *source, const struct yaml_pair *pair) {
    const struct probe *probe = NULL;
    const struct budget_key *row = key_check(l, &budget_keys_file, pair->key, &probe);
    if (!row) return;
    if ((row->rules & KEY_ROOT_FILE) && !source->root) {
        diag_error(l->diags, BUDGET_MISPLACED, pair->key->place,
                   "write it in the file that includes this one",
                   "%s does not stand in an included file", quote(l->arena, pair->key->text));
        return;
    }
    if (is_null(pair->value)) return;
    const char *name = row->option.name;
    if (strcmp(name, "vars") == 0) vars_check(l, pair->value);
    if (strcmp(name, "defaults") == 0) defaults_check(l, pair->value);
    if (strcmp(name, "budgets") == 0) is_map(l, pair->value, "budgets");
    if (strcmp(name, "servers") == 0) is_map(l, pair->value, "servers");
    if (strcmp(name, "profiles") != 0 || !is_map(l, pair->value, "profiles")) return;
    for (size_t i = 0; i < pair->value->count; i++) profile_check(l, &pair->value->pairs[i]);
}

void header_read(struct loading *l, size_t number) {
    struct source *source = &l->sources[number];
    if (!version_check(l, source)) {
        source->tree = NULL;
        return;
    }
    struct field_context context = field_context_of(l, source->tree->place, l->diags);
    field_defaults(&context, &budget_keys_file.rows[0].option, budget_keys_file.count,
                   sizeof(struct budget_key), &source->values);
    vars_set(l, source);
    /* env first: other values may use it */
    static const char *const first[] = {"env", "kilobyte"};
    for (size_t i = 0; i < array_length(first); i++) {
        const struct yaml_node *value = yaml_get(source->tree, first[i]);
        if (value && !is_null(value))
            value_bind(l, source, budget_key_find(&budget_keys_file, first[i]), value);
        source->kilobyte = source->values.kilobyte ? 1024 : 1000;
    }
    for (size_t i = 0; i < source->tree->count; i++) {
        const struct yaml_pair *pair = &source->tree->pairs[i];
        const struct budget_key *row = budget_key_find(&budget_keys_file, pair->key->text);
        key_read(l, source, pair);
        if (row && row->shape == KEY_VALUE && !is_null(pair->value) &&
            strcmp(pair->key->text, "env") != 0 && strcmp(pair->key->text, "kilobyte") != 0)
            value_bind(l, source, row, pair->value);
    }
    defaults_set(l, source);
}

static bool is_declared(const struct loading *l, const char *name, const char ***names,
                        size_t *count) {
    bool found = false;
    for (size_t i = 0; i < l->source_count; i++) {
        const struct yaml_node *vars = l->sources[i].vars;
        found |= name_index_find(&l->sources[i].var_index, name) != NAME_NONE;
        for (size_t v = 0; vars && v < vars->count; v++)
            *array_add(l->arena, *names, *count) = vars->pairs[v].key->text;
    }
    return found;
}

static void profile_wanted(struct loading *l, const char *name) {
    const char **names = NULL;
    size_t count = 0;
    for (size_t i = 0; i < l->source_count; i++) {
        const struct yaml_node *profiles = map_get(l->sources[i].tree, "profiles");
        if (profile_of(&l->sources[i], name)) return;
        for (size_t p = 0; profiles && p < profiles->count; p++)
            *array_add(l->arena, names, count) = profiles->pairs[p].key->text;
    }
    const char *hint = hint_nearest(l->arena, name, names, count);
    diag_error(l->diags, BUDGET_PROFILE, NO_PLACE,
               hint || count ? hint : "the budget files declare no profiles",
               "there is no profile %s", quote(l->arena, name));
}

void headers_check(struct loading *l) {
    const struct budget_request *request = l->request;
    if (request->profiles.count > BUDGET_PROFILES_MAX)
        diag_error(l->diags, BUDGET_PROFILE, NO_PLACE, NULL, "at most %d profiles at once",
                   BUDGET_PROFILES_MAX);
    if (request->unmoored) return;
    for (size_t i = 0; i < request->profiles.count; i++)
        profile_wanted(l, request->profiles.items[i]);
    for (size_t i = 0; i < request->set.count; i++) {
        const char **names = NULL;
        size_t count = 0;
        const char *name = request->set.items[i].name;
        if (is_declared(l, name, &names, &count)) continue;
        const char *hint = hint_nearest(l->arena, name, names, count);
        diag_error(l->diags, BUDGET_VARIABLE, NO_PLACE,
                   hint ? hint : "declare it below `vars:` of the budget file",
                   "--set %s: there is no such variable", quote(l->arena, name));
    }
}
