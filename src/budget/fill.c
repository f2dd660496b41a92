#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "budget/loading_servers.h"

/* One text being filled in. */
struct filling {
    struct loading *l;
    const struct source *source;
    struct place place;
    bool public;  /* the value will be shown: no values of the environment */
    bool shown;   /* leave ${env:NAME} as it is */
    bool in_vars; /* the text is a variable's value: no variables in it */
    bool secret;  /* a value of the environment went in */
    struct text out;
};

static bool fill_wrong(struct filling *f, enum diag_code code, const char *hint,
                       const char *message) {
    return diag_error(f->l->diags, code, f->place, hint, "%s", message);
}

static bool is_name(const char *text, const char *more) {
    if (!isalpha((unsigned char)*text) && *text != '_') return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr(more, *text)) return false;
    return true;
}

static void secret_keep(struct filling *f, const char *name, const char *value) {
    struct loading *l = f->l;
    f->secret = true;
    *array_add(l->arena, l->secret_places, l->secret_place_count) = f->place;
    for (size_t i = 0; i < l->secret_count; i++)
        if (strcmp(l->secrets[i].name, name) == 0) return;
    *array_add(l->arena, l->secrets, l->secret_count) = (struct probe_pair){name, value};
}

static bool fill_environment(struct filling *f, const char *name) {
    struct arena *arena = f->l->arena;
    const struct probe_texts *listed = &f->source->values.env;
    size_t i = 0;
    while (i < listed->count && strcmp(listed->items[i], name) != 0) i++;
    if (i == listed->count) {
        const char *hint = hint_nearest(arena, name, listed->items, listed->count);
        if (!hint) hint = text_format(arena, "add it: `env: [%s]`", text_inert(arena, name));
        return fill_wrong(f, BUDGET_ENVIRONMENT, hint,
                          text_format(arena, "%s is not listed below `env:` of %s",
                                      quote(arena, name), quote(arena, f->source->name)));
    }
    if (f->public)
        return fill_wrong(f, BUDGET_ENVIRONMENT,
                          "use it in a target or below `with`; else declare a variable, and set "
                          "it with --set",
                          text_format(arena,
                                      "this value is shown in reports, and those of the "
                                      "environment, such as %s, never are",
                                      quote(arena, name)));
    if (f->l->request->untrusted && !untrusted_environment(f->l, name))
        return fill_wrong(f, BUDGET_UNTRUSTED,
                          "--allow-env NAME allows it, from outside of the change",
                          text_format(arena,
                                      "the environment variable %s is asked for, and --untrusted "
                                      "forbids it",
                                      quote(arena, name)));
    const char *value = getenv(name);
    if (!value && f->l->request->unmoored) {
        text_add_format(&f->out, "${env:%s}", name);
        return true;
    }
    if (!value)
        return fill_wrong(
            f, BUDGET_ENVIRONMENT, "set it where perfbudget runs",
            text_format(arena, "the environment variable %s is not set", quote(arena, name)));
    if (f->shown) {
        text_add_format(&f->out, "${env:%s}", name);
        return true;
    }
    text_add(&f->out, value);
    secret_keep(f, text_copy(arena, name), text_copy(arena, value));
    return true;
}

static const char *var_unknown_hint(struct filling *f, const char *name) {
    const struct yaml_node *vars = f->source->vars;
    const char **names = NULL;
    size_t count = 0;
    for (size_t i = 0; vars && i < vars->count; i++)
        *array_add(f->l->arena, names, count) = vars->pairs[i].key->text;
    const char *near = hint_nearest(f->l->arena, name, names, count);
    return near ? near : "declare it below `vars:` of this file; `$${` is a literal `${`";
}

static bool fill_text(struct filling *f, const char *text);

/* Goes one level deep: a variable's value may use the environment, but no variables. */
static bool fill_variable(struct filling *f, const char *name) {
    struct arena *arena = f->l->arena;
    size_t number = name_index_find(&f->source->var_index, name);
    if (number == NAME_NONE)
        return fill_wrong(f, BUDGET_VARIABLE, var_unknown_hint(f, name),
                          text_format(arena, "there is no variable %s", quote(arena, name)));
    const struct probe_pairs *set = &f->l->request->set;
    for (size_t i = set->count; i > 0; i--) {
        if (strcmp(set->items[i - 1].name, name) != 0) continue;
        text_add(&f->out, set->items[i - 1].value);
        return true;
    }
    f->in_vars = true;
    bool good = fill_text(f, f->source->vars->pairs[number].value->text);
    f->in_vars = false;
    return good;
}

/* `api.url` or `api.port`: known once the server runs. */
static bool fill_server(struct filling *f, const char *name) {
    struct loading *l = f->l;
    const char *point = strrchr(name, '.');
    const char *server = text_copy_bytes(l->arena, name, (size_t)(point - name));
    bool url = strcmp(point, ".url") == 0;
    if (!l->needs && !f->public && !f->in_vars) return true; /* defaults: looked at again later */
    size_t number = server_number(l, server);
    if (number == SERVER_NONE)
        return fill_wrong(f, BUDGET_VARIABLE, server_hint(l, server),
                          text_format(l->arena, "there is no server %s", quote(l->arena, server)));
    if (!url && strcmp(point, ".port") != 0)
        return fill_wrong(
            f, BUDGET_VARIABLE, "a server has `.url` and `.port`",
            text_format(l->arena, "%s is nothing of a server", quote(l->arena, name)));
    if (f->public || f->in_vars || !l->needs)
        return fill_wrong(
            f, BUDGET_VARIABLE, "use it in a target, below `with`, or in a server",
            text_format(l->arena, "%s is known only once the server runs", quote(l->arena, name)));
    l->needs[number] = true;
    if (f->shown)
        text_add_format(&f->out, "${%s}", name);
    else
        late_mark(&f->out, number, url ? LATE_URL : LATE_PORT);
    return true;
}

static bool fill_reference(struct filling *f, const char *name) {
    struct arena *arena = f->l->arena;
    if (f->l->own_server != SERVER_NONE && strcmp(name, "port") == 0) {
        late_mark(&f->out, f->l->own_server, LATE_PORT);
        return true;
    }
    if (text_starts(name, "env:") && is_name(name + 4, "_")) return fill_environment(f, name + 4);
    if (is_name(name, "_-") && f->in_vars)
        return fill_wrong(
            f, BUDGET_NESTED_VARIABLE, "write the value out",
            text_format(arena, "a variable uses the variable %s", quote(arena, name)));
    if (is_name(name, "_-")) return fill_variable(f, name);
    if (is_name(name, "_-.") && strchr(name, '.')) return fill_server(f, name);
    return fill_wrong(f, BUDGET_VARIABLE_NAME,
                      "write `${name}` or `${env:NAME}`; `$${` is a literal `${`",
                      text_format(arena, "%s names no variable",
                                  quote(arena, text_format(arena, "${%s}", name))));
}

static bool fill_room(struct filling *f) {
    if (f->out.length <= yaml_bounds_default.scalar &&
        f->l->filled + f->out.length <= BUDGET_FILLED_MAX)
        return true;
    return fill_wrong(f, BUDGET_FILLED_TOO_LONG, NULL,
                      "with its variables filled in the value is too long");
}

/* Recursion ends at depth 2: in_vars refuses variables. */
static bool fill_text(struct filling *f, const char *text) {
    while (*text) {
        size_t plain = strcspn(text, "$");
        text_add_bytes(&f->out, text, plain);
        text += plain;
        if (text_starts(text, "$${")) {
            text_add(&f->out, "${");
            text += 3;
        } else if (text_starts(text, "${")) {
            const char *end = strchr(text, '}');
            size_t length = end ? (size_t)(end - text) - 2 : strlen(text + 2);
            const char *name = text_copy_bytes(f->l->arena, text + 2, length);
            if (!end)
                return fill_wrong(
                    f, BUDGET_VARIABLE_NAME, "`$${` is a literal `${`",
                    text_format(f->l->arena, "%s has no closing }", quote(f->l->arena, text)));
            if (!fill_reference(f, name)) return false;
            text = end + 1;
        } else if (*text) {
            text_add_char(&f->out, *text++);
        }
        if (!fill_room(f)) return false;
    }
    return true;
}

static const char *fill_scalar(struct loading *l, const struct yaml_node *node, bool shown,
                               bool *secret) {
    struct filling filling = {
        .l = l,
        .source = source_of(l, node->place),
        .place = node->place,
        .public = !secret,
        .shown = shown,
        .out = text_begin(l->arena),
    };
    bool good = fill_text(&filling, node->text);
    l->filled += filling.out.length;
    if (secret) *secret |= filling.secret;
    return good ? filling.out.data : node->text;
}

static struct yaml_node *node_copy(struct arena *arena, const struct yaml_node *node) {
    struct yaml_node *copy = arena_new_object(arena, struct yaml_node);
    *copy = *node;
    return copy;
}

static const struct yaml_node *fill_map(struct loading *l, const struct yaml_node *node,
                                        bool *secret) {
    struct yaml_node *copy = NULL;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *value = node->pairs[i].value;
        const struct yaml_node *filled = fill(l, value, secret);
        if (filled == value) continue;
        if (!copy) {
            copy = node_copy(l->arena, node);
            copy->pairs = arena_alloc(l->arena, node->count * sizeof *copy->pairs);
            memcpy(copy->pairs, node->pairs, node->count * sizeof *copy->pairs);
        }
        copy->pairs[i].value = (struct yaml_node *)filled;
    }
    return copy ? copy : node;
}

static const struct yaml_node *fill_list(struct loading *l, const struct yaml_node *node,
                                         bool *secret) {
    struct yaml_node *copy = NULL;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *filled = fill(l, node->items[i], secret);
        if (filled == node->items[i]) continue;
        if (!copy) {
            copy = node_copy(l->arena, node);
            copy->items = arena_alloc(l->arena, node->count * sizeof *copy->items);
            memcpy(copy->items, node->items, node->count * sizeof(struct yaml_node *));
        }
        copy->items[i] = (struct yaml_node *)filled;
    }
    return copy ? copy : node;
}

/* Depth is bounded by the reader's bound on nesting. */
const struct yaml_node *fill(struct loading *l, const struct yaml_node *node, bool *secret) {
    if (node->kind == YAML_MAP) return fill_map(l, node, secret);
    if (node->kind == YAML_LIST) return fill_list(l, node, secret);
    if (!strstr(node->text, "${")) return node;
    struct yaml_node *copy = node_copy(l->arena, node);
    copy->text = fill_scalar(l, node, false, secret);
    copy->plain = false; /* what a variable holds is never `null` */
    return copy;
}

const char *fill_shown(struct loading *l, const struct yaml_node *scalar) {
    bool secret = false;
    if (!strstr(scalar->text, "${")) return scalar->text;
    return fill_scalar(l, scalar, true, &secret);
}

enum { SECRET_TELLS = 8 }; /* so many first characters of a secret give it away */

static bool text_shows(struct arena *arena, const char *text, const char *secret) {
    const char *start = text_inert(arena, secret);
    if (!text || start[0] == '\0') return false;
    if (strlen(start) > SECRET_TELLS) start = text_copy_bytes(arena, start, SECRET_TELLS);
    return strstr(text, start) != NULL;
}

static bool place_is_secret(const struct loading *l, const struct place *place) {
    for (size_t i = 0; i < l->secret_place_count; i++) {
        const struct place *secret = &l->secret_places[i];
        if (secret->line == place->line && secret->column == place->column &&
            text_equal(secret->file, place->file))
            return true;
    }
    return false;
}

void diags_redact(struct loading *l, size_t first) {
    for (size_t i = first; i < l->diags->count; i++) {
        struct diag *diag = &l->diags->items[i];
        bool named = diag->code == BUDGET_ENVIRONMENT || diag->code == BUDGET_VARIABLE;
        bool shows = !named && place_is_secret(l, &diag->place);
        for (size_t s = 0; s < l->secret_count && !shows; s++)
            shows = text_shows(l->arena, diag->message, l->secrets[s].value) ||
                    text_shows(l->arena, diag->hint, l->secrets[s].value);
        if (!shows) continue;
        diag->message = "a value with `${env:..}` filled in is not accepted here";
        diag->hint = "it is not shown, since it comes from the environment";
    }
}
