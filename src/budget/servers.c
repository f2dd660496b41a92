#include <ctype.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/pattern.h"
#include "budget/loading_servers.h"

static bool name_check(struct loading *l, const struct yaml_node *key) {
    const char *name = key->text;
    bool good = isalpha((unsigned char)name[0]);
    for (size_t i = 0; name[i] && good; i++)
        good = isalnum((unsigned char)name[i]) || name[i] == '-' || name[i] == '_';
    if (good && strcmp(name, "env") != 0) return true;
    return diag_error(l->diags, BUDGET_ID, key->place,
                      "use letters, digits, - and _, and begin with a letter",
                      "%s is no name of a server", quote(l->arena, name));
}

static bool is_taken(const struct loading *l, const char *name) {
    for (size_t i = 0; i < l->set->server_count; i++)
        if (strcmp(l->set->servers[i].name, name) == 0) return true;
    return false;
}

static void server_add(struct loading *l, size_t source, const struct yaml_pair *pair) {
    struct budget_set *set = l->set;
    const struct yaml_node *key = pair->key;
    if (!name_check(l, key) || !is_map(l, pair->value, "a server")) return;
    if (is_taken(l, key->text)) {
        diag_error(l->diags, BUDGET_SERVER, key->place, "give one of them another name",
                   "there is a server %s already", quote(l->arena, key->text));
        return;
    }
    if (set->server_count == BUDGET_SERVERS_MAX) {
        diag_error(l->diags, BUDGET_SERVER, key->place, NULL, "there are more than %d servers",
                   BUDGET_SERVERS_MAX);
        return;
    }
    size_t drafts = set->server_count;
    *array_add(l->arena, l->server_drafts, drafts) =
        (struct server_draft){.source = source, .map = pair->value};
    *array_add(l->arena, set->servers, set->server_count) =
        (struct budget_server){.name = key->text, .place = key->place};
}

static void ready_read(struct loading *l, const struct yaml_node *value,
                       struct budget_server *server) {
    struct ready_values values = {0};
    if (value->kind == YAML_SCALAR) {
        values.path = value->text;
    } else {
        if (!is_map(l, value, "ready")) return;
        for (size_t i = 0; i < value->count; i++) {
            const struct probe *probe = NULL;
            const struct budget_key *row =
                key_check(l, &budget_keys_ready, value->pairs[i].key, &probe);
            struct field_context context =
                field_context_of(l, value->pairs[i].value->place, l->diags);
            if (row) bind_value(&context, &row->option, value->pairs[i].value, &values);
        }
    }
    if ((values.path && values.pattern) || (!values.path && values.status)) {
        diag_error(l->diags, BUDGET_SERVER, value->place, "keep one of `path` and `pattern`",
                   "`ready` is a path with its status, or a pattern");
        return;
    }
    if (values.path && values.path[0] != '/') {
        diag_error(l->diags, BUDGET_SERVER, value->place, "write a path such as /health",
                   "the path %s does not begin with /", quote(l->arena, values.path));
        return;
    }
    const char *problem;
    struct pattern *pattern =
        values.pattern ? pattern_open(l->arena, values.pattern, &problem) : NULL;
    if (values.pattern && !pattern)
        diag_error(l->diags, BUDGET_SERVER, value->place, NULL, "%s", problem);
    pattern_close(pattern);
    server->path = values.path;
    server->pattern = values.pattern;
    server->status = values.status;
}

static void command_bind(struct loading *l, const struct yaml_node *map,
                         struct server_values *values) {
    const struct yaml_node *command = yaml_get(map, "command");
    const struct yaml_pair *pair = yaml_pair_of(map, "command");
    if (!command || is_null(command)) {
        struct place place = pair ? pair->key->place : map->place;
        diag_error(l->diags, SCHEMA_MISSING_KEY, place, "write `command: ./serve --port ${port}`",
                   "a server needs a `command`");
        return;
    }
    struct field_context context = field_context_of(l, command->place, l->diags);
    if (values->shell)
        bind_texts(&context, command, "command", &values->command);
    else
        bind_command(&context, command, "command", &values->command);
}

static void values_bind(struct loading *l, const struct yaml_node *map,
                        struct budget_server *server, struct server_values *values) {
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_pair *pair = &map->pairs[i];
        const struct probe *probe = NULL;
        const struct budget_key *row = key_check(l, &budget_keys_server, pair->key, &probe);
        if (!row || is_null(pair->value)) continue;
        struct field_context context = field_context_of(l, pair->value->place, l->diags);
        if (row->shape == KEY_VALUE_OR_MAP)
            ready_read(l, pair->value, server);
        else if (strcmp(row->option.name, "command") != 0)
            bind_value(&context, &row->option, pair->value, values);
    }
    command_bind(l, map, values);
}

static const char *directory_of(struct loading *l, const struct server_draft *draft,
                                const struct server_values *values) {
    const char *base = l->sources[draft->source].directory;
    if (!values->directory) return base;
    const char *path = path_join(l->arena, base, values->directory);
    const struct yaml_node *node = yaml_get(draft->map, "directory");
    if (l->request->allow_outside ||
        (path_below(l->set->root, path) && path_confined(l->set->root, path)))
        return path;
    diag_error(l->diags, PATH_OUTSIDE, node ? node->place : draft->map->place,
               "keep it below the root, or pass --allow-outside if you trust the file",
               "%s leaves the root %s", quote(l->arena, values->directory),
               quote(l->arena, l->set->root));
    return path;
}

static void server_resolve(struct loading *l, size_t number) {
    const struct server_draft *draft = &l->server_drafts[number];
    struct budget_server *server = &l->set->servers[number];
    struct server_values values = {0};
    bool secret = false;
    size_t first = l->diags->count;
    struct field_context context = field_context_of(l, draft->map->place, l->diags);
    field_defaults(&context, &budget_keys_server.rows[0].option, budget_keys_server.count,
                   sizeof(struct budget_key), &values);
    l->own_server = number;
    l->needs = arena_alloc(l->arena, BUDGET_SERVERS_MAX * sizeof *l->needs);
    server->needs = l->needs;
    values_bind(l, fill(l, draft->map, &secret), server, &values);
    l->needs[number] = false;
    l->own_server = SERVER_NONE;
    if (secret) diags_redact(l, first);
    server->command = values.command;
    server->shell = values.shell;
    server->timeout = values.timeout;
    server->grace = values.grace;
    server->directory = directory_of(l, draft, &values);
    server->env = values.env;
    server->port = values.port;
    server->scheme = (enum server_scheme)values.scheme;
}

/* Those that the needed ones need are needed too. */
static void needs_close(const struct budget_set *set, bool *needs) {
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < set->server_count; i++)
            for (size_t j = 0; needs[i] && j < set->server_count; j++)
                if (set->servers[i].needs[j] && !needs[j]) needs[j] = more = true;
    }
}

void servers_resolve(struct loading *l) {
    struct budget_set *set = l->set;
    l->own_server = SERVER_NONE;
    for (size_t s = 0; s < l->source_count; s++) {
        if (!l->sources[s].root) continue;
        const struct yaml_node *map = map_get(l->sources[s].tree, "servers");
        for (size_t i = 0; map && i < map->count; i++) server_add(l, s, &map->pairs[i]);
    }
    for (size_t i = 0; i < set->server_count; i++) server_resolve(l, i);
    for (size_t i = 0; i < set->server_count; i++) {
        needs_close(set, (bool *)set->servers[i].needs);
        if (!set->servers[i].needs[i]) continue;
        diag_error(l->diags, BUDGET_CYCLE, set->servers[i].place, "break the circle",
                   "the server %s is told, perhaps through others, its own port",
                   quote(l->arena, set->servers[i].name));
        return;
    }
}

/* The server of a budget, with its metrics, and whatever else must run. */
void budget_servers(struct loading *l, struct draft *draft, struct budget *budget) {
    const char *name = draft->values.server;
    bool any = name != NULL;
    size_t number = name ? server_number(l, name) : SERVER_NONE;
    budget->fresh = draft->values.fresh;
    if (name) {
        const struct yaml_node *node = yaml_get(draft->merged, "server");
        if (number == SERVER_NONE)
            diag_error(l->diags, BUDGET_SERVER, node ? node->place : budget->place,
                       server_hint(l, name), "there is no server %s", quote(l->arena, name));
        else
            l->needs[number] = true;
        if (number != SERVER_NONE) budget->server = &l->set->servers[number];
    } else if (budget->fresh) {
        const struct yaml_node *node = yaml_get(draft->merged, "fresh");
        diag_error(l->diags, BUDGET_MISPLACED, node ? node->place : budget->place,
                   "name the server with `server`", "`fresh` has no meaning without a `server`");
    }
    for (size_t i = 0; i < l->set->server_count; i++) any |= l->needs[i];
    if (!any) return;
    needs_close(l->set, l->needs);
    budget->needs = l->needs;
}

bool server_metrics_add(struct loading *l, struct budget *budget) {
    struct metrics *metrics = &budget->metrics;
    if (!budget->server) return true;
    const struct probe_metric **items =
        arena_alloc(l->arena, (metrics->count + SERVER_METRICS) * sizeof *items);
    for (size_t i = 0; i < SERVER_METRICS; i++) {
        if (metric_find(metrics, server_metrics[i].name) >= 0)
            return diag_error(l->diags, PROBE_DECLARED, budget->place,
                              "give it another name; this one is of the server's",
                              "the metric `%s` is there already", server_metrics[i].name);
        items[metrics->count + i] = &server_metrics[i];
    }
    if (metrics->count) memcpy(items, metrics->items, metrics->count * sizeof *items);
    metrics->items = items;
    metrics->count += SERVER_METRICS;
    return true;
}
