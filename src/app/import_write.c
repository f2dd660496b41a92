#include <ctype.h>
#include <math.h>
#include <string.h>

#include "app/import_parts.h"

/* Words, paths and numbers that YAML reads as they stand, also in a flow. */
static bool is_plain(const char *text) {
    if (!isalnum((unsigned char)*text) && *text != '/' && *text != '.') return false;
    for (const char *c = text; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("/._-", *c)) return false;
    return strcasecmp(text, "null") != 0;
}

const char *import_escape(struct arena *arena, const char *text) {
    struct text escaped = text_begin(arena);
    for (const char *c = text; *c; c++) {
        if (c[0] == '$' && c[1] == '{') text_add_char(&escaped, '$');
        text_add_char(&escaped, *c);
    }
    return escaped.data;
}

/* A text whose variables are meant. */
static const char *quoted(struct arena *arena, const char *text) {
    return is_plain(text) ? text : quote_yaml_value(arena, text);
}

const char *import_scalar(struct arena *arena, const char *text) {
    return quoted(arena, import_escape(arena, text));
}

static void add_targets(struct importing *i, struct text *out, const struct import_budget *budget) {
    text_add_format(out, "    %s: ", budget->probe);
    if (budget->target_count > 1) text_add_char(out, '[');
    for (size_t t = 0; t < budget->target_count; t++)
        text_add_format(out, "%s%s", t ? ", " : "", quoted(i->arena, budget->targets[t]));
    text_add(out, budget->target_count > 1 ? "]\n" : "\n");
}

static bool key_written(const struct import_budget *budget, size_t at) {
    for (size_t l = 0; l < at; l++)
        if (strcmp(budget->limits[l].key, budget->limits[at].key) == 0) return true;
    return false;
}

static size_t bounds_of(const struct import_budget *budget, const char *key) {
    size_t count = 0;
    for (size_t l = 0; l < budget->limit_count; l++)
        count += strcmp(budget->limits[l].key, key) == 0;
    return count;
}

/* "< 500ms" stands by itself: a map has no strict bounds. Beside others it allows being met. */
static void add_limit(struct importing *i, struct text *out, const struct import_budget *budget,
                      size_t at) {
    const char *key = budget->limits[at].key, *between = "";
    bool bare = bounds_of(budget, key) == 1 && *budget->limits[at].kind == '\0';
    text_add_format(out, "      %s: ", import_scalar(i->arena, key));
    if (bare) {
        text_add_format(out, "%s\n", import_scalar(i->arena, budget->limits[at].value));
        return;
    }
    text_add_char(out, '{');
    for (size_t l = at; l < budget->limit_count; l++) {
        const struct import_limit *limit = &budget->limits[l];
        if (strcmp(limit->key, key) != 0) continue;
        const char *kind = *limit->kind ? limit->kind : *limit->value == '<' ? "max" : "min";
        const char *value = limit->value + strspn(limit->value, "<> ");
        text_add_format(out, "%s%s: %s", between, kind, import_scalar(i->arena, value));
        between = ", ";
    }
    text_add(out, "}\n");
}

/* A load has to fit into `time_limit`, with the time its last request may take. */
static void add_time_limit(struct text *out, const struct import_budget *budget) {
    enum { LIMIT = 60, LAST = 10, SPARE = 20 };
    if (budget->seconds + LAST > LIMIT)
        text_add_format(out, "    time_limit: %.0fs\n", ceil(budget->seconds) + SPARE);
}

static void add_budget(struct importing *i, struct text *out, const struct import_budget *budget) {
    text_add_format(out, "\n  %s:\n", budget->id);
    if (budget->title)
        text_add_format(out, "    title: %s\n", import_scalar(i->arena, budget->title));
    if (budget->fix) text_add_format(out, "    fix: %s\n", import_scalar(i->arena, budget->fix));
    add_targets(i, out, budget);
    for (size_t k = 0; k < budget->key_count; k++)
        text_add_format(out, "    %s: %s\n", budget->keys[k].key, budget->keys[k].value);
    add_time_limit(out, budget);
    if (budget->with_count) text_add(out, "    with:\n");
    for (size_t k = 0; k < budget->with_count; k++)
        text_add_format(out, "      %s:%s%s\n", budget->with[k].key,
                        *budget->with[k].value == '\n' ? "" : " ", budget->with[k].value);
    text_add(out, "    limits:\n");
    for (size_t l = 0; l < budget->limit_count; l++)
        if (!key_written(budget, l)) add_limit(i, out, budget, l);
}

const char *import_write(struct importing *i) {
    struct text out = text_begin(i->arena);
    text_add_format(&out, "# Made by `perfbudget import` from %s.\n",
                    text_inert(i->arena, i->request->path));
    if (i->left_count) text_add(&out, "# Not carried over:\n");
    for (size_t l = 0; l < i->left_count; l++)
        text_add_format(&out, "#   line %d: %s\n", i->left[l].place.line,
                        text_inert(i->arena, i->left[l].what));
    text_add(&out, "version: 1\n");
    if (i->var_count) text_add(&out, "vars: # guesses: say what is to be measured\n");
    for (size_t v = 0; v < i->var_count; v++)
        text_add_format(&out, "  %s: %s\n", i->vars[v].key,
                        import_scalar(i->arena, i->vars[v].value));
    text_add(&out, "budgets:");
    for (size_t b = 0; b < i->budget_count; b++) add_budget(i, &out, i->budgets[b]);
    return out.data;
}
