/* Artillery's flows as the `scenario` of http. */
#include <string.h>

#include "app/import_parts.h"
#include "base/units.h"

static bool is_captured(const struct importing *i, const char *name) {
    for (size_t c = 0; c < i->captured_count; c++)
        if (strcmp(i->captured[c], name) == 0) return true;
    return false;
}

/* What no request has captured comes from a payload or from code: its name stands for it. */
static void add_name(struct importing *i, struct text *out, const char *name, struct place place) {
    if (is_captured(i, name)) {
        text_add_format(out, "{{%s}}", name);
        return;
    }
    import_leave(i, place, "the value of {{%s}}, which no request captures: its name stands for it",
                 name);
    text_add(out, name);
}

/* `{{ token }}` as `{{token}}`. */
static const char *template(struct importing *i, const char *text, struct place place) {
    struct text out = text_begin(i->arena);
    while (*text) {
        const char *end = text_starts(text, "{{") ? strstr(text, "}}") : NULL;
        if (!end) {
            text_add_char(&out, *text++);
            continue;
        }
        const char *name = text + 2 + strspn(text + 2, " "), *last = end;
        while (last > name && last[-1] == ' ') last--;
        add_name(i, &out, text_copy_bytes(i->arena, name, (size_t)(last - name)), place);
        text = end + 2;
    }
    return out.data;
}

static const char *scalar(struct importing *i, const struct yaml_node *node) {
    return import_scalar(i->arena, template(i, node->text, node->place));
}

const char *import_pairs_text(struct importing *i, const struct yaml_node *map) {
    struct text out = text_begin(i->arena);
    for (size_t p = 0; p < map->count; p++) {
        const struct yaml_pair *pair = &map->pairs[p];
        if (pair->value->kind != YAML_SCALAR) {
            import_leave(i, pair->key->place, "%s, which is no text",
                         quote(i->arena, pair->key->text));
            continue;
        }
        text_add_format(&out, "%s%s: %s", out.length ? ", " : "",
                        import_scalar(i->arena, pair->key->text), scalar(i, pair->value));
    }
    return text_format(i->arena, "{%s}", out.data);
}

static void add_json_text(struct text *out, const char *text) {
    text_add_char(out, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\') text_add_char(out, '\\');
        if ((unsigned char)*c < 0x20)
            text_add_format(out, "\\u%04x", *c);
        else
            text_add_char(out, *c);
    }
    text_add_char(out, '"');
}

static void add_json(struct importing *i, struct text *out, const struct yaml_node *node) {
    double number = 0;
    if (node->kind == YAML_SCALAR) {
        bool bare = import_is(node, "true") || import_is(node, "false") ||
                    import_is(node, "null") || (node->plain && number_parse(node->text, &number));
        if (bare)
            text_add(out, node->text);
        else
            add_json_text(out, template(i, node->text, node->place));
        return;
    }
    text_add_char(out, node->kind == YAML_MAP ? '{' : '[');
    for (size_t n = 0; n < node->count; n++) {
        if (n) text_add_char(out, ',');
        if (node->kind == YAML_MAP) {
            add_json_text(out, node->pairs[n].key->text);
            text_add_char(out, ':');
        }
        add_json(i, out, node->kind == YAML_MAP ? node->pairs[n].value : node->items[n]);
    }
    text_add_char(out, node->kind == YAML_MAP ? '}' : ']');
}

static const char *json_text_of(struct importing *i, const struct yaml_node *node) {
    struct text out = text_begin(i->arena);
    add_json(i, &out, node);
    return import_scalar(i->arena, out.data);
}

/* "$.a.b" as "/a/b"; NULL where it is no plain path. */
static const char *pointer_of(struct arena *arena, const char *path) {
    struct text out = text_begin(arena);
    if (!text_starts(path, "$.")) return NULL;
    for (const char *c = path + 1; *c; c++) {
        if (strchr("[]*?@()'\"~/ ", *c)) return NULL;
        text_add_char(&out, *c == '.' ? '/' : *c);
    }
    return out.data;
}

static void add_capture(struct importing *i, struct text *out, const struct yaml_node *one) {
    const struct yaml_node *json = yaml_get(one, "json"), *header = yaml_get(one, "header");
    const char *as = import_text_of(yaml_get(one, "as"));
    const char *pointer = import_text_of(json) ? pointer_of(i->arena, json->text) : NULL;
    const char *between = out->length ? ", " : "";
    bool kept = as && (pointer || import_text_of(header));
    if (kept) *array_add(i->arena, i->captured, i->captured_count) = as;
    if (as && pointer)
        text_add_format(out, "%s%s: {json: %s}", between, as, import_scalar(i->arena, pointer));
    else if (as && import_text_of(header))
        text_add_format(out, "%s%s: {header: %s}", between, as,
                        import_scalar(i->arena, header->text));
    else
        import_leave(i, one->place, "a `capture` that is no plain JSON path and no header");
}

static void add_captures(struct importing *i, struct text *out, const struct yaml_node *capture) {
    struct text made = text_begin(i->arena);
    if (import_is_map(capture)) add_capture(i, &made, capture);
    for (size_t c = 0; import_is_list(capture) && c < capture->count; c++)
        add_capture(i, &made, capture->items[c]);
    if (made.length) text_add_format(out, ", capture: {%s}", made.data);
}

static void add_expected(struct importing *i, struct text *out, const struct yaml_node *expect) {
    struct text made = text_begin(i->arena);
    for (size_t e = 0; import_is_list(expect) && e < expect->count; e++) {
        const struct yaml_node *code = yaml_get(expect->items[e], "statusCode");
        if (import_text_of(code))
            text_add_format(&made, "%s%s", made.length ? ", " : "", code->text);
        else
            import_leave(i, expect->items[e]->place, "an `expect` of something else than a status");
    }
    if (made.length) text_add_format(out, ", expect: {status: [%s]}", made.data);
}

/* "auth.example/token" of a URL of http or https whose host is written out; NULL: it is none. */
static const char *other_host(const char *url) {
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t s = 0; s < array_length(schemes); s++) {
        if (!text_starts(url, schemes[s])) continue;
        const char *host = url + strlen(schemes[s]);
        size_t length = strcspn(host, "/?#");
        return memchr(host, '{', length) || memchr(host, '@', length) ? NULL : host;
    }
    return NULL;
}

/* The path, without the target before it, or the whole URL of another host; NULL for neither. */
static const char *path_of(const char *url, const char *target) {
    if (url[0] == '/') return url;
    size_t length = target ? strlen(target) : 0;
    while (length && target[length - 1] == '/') length--;
    if (length && strncmp(url, target, length) == 0 && url[length] == '/') return url + length;
    return other_host(url) ? url : NULL;
}

static void add_sent(struct importing *i, struct text *out, const struct yaml_node *request) {
    const struct yaml_node *json = yaml_get(request, "json"), *body = yaml_get(request, "body");
    const struct yaml_node *form = yaml_get(request, "form"), *query = yaml_get(request, "qs");
    const struct yaml_node *headers = yaml_get(request, "headers");
    if (import_is_map(headers))
        text_add_format(out, ", headers: %s", import_pairs_text(i, headers));
    if (import_is_map(query)) text_add_format(out, ", query: %s", import_pairs_text(i, query));
    if (json) text_add_format(out, ", json: %s", json_text_of(i, json));
    if (import_is_map(form)) text_add_format(out, ", form: %s", import_pairs_text(i, form));
    if (import_text_of(body)) text_add_format(out, ", body: %s", scalar(i, body));
}

static bool add_request(struct importing *i, struct text *out, const struct yaml_pair *step,
                        const char *target) {
    static const char *const known[] = {"url",  "name", "headers", "qs",     "json",
                                        "body", "form", "capture", "expect", NULL};
    const struct yaml_node *request = step->value, *url = yaml_get(request, "url");
    const struct yaml_node *name = yaml_get(request, "name");
    const char *path = import_text_of(url) ? path_of(url->text, target) : NULL;
    if (!path) {
        import_leave(i, step->key->place,
                     "a request without `url`, or to a host that is not written out");
        return false;
    }
    text_add_format(out, "{path: %s", import_scalar(i->arena, template(i, path, url->place)));
    if (strcmp(step->key->text, "get") != 0) {
        text_add(out, ", method: ");
        for (const char *c = step->key->text; *c; c++) text_add_char(out, (char)(*c - 32));
    }
    /* Artillery names none; here two requests of different hosts must not be called the same. */
    if (import_text_of(name))
        text_add_format(out, ", name: %s", scalar(i, name));
    else if (path[0] != '/')
        text_add_format(out, ", name: %s",
                        import_scalar(i->arena, text_copy_bytes(i->arena, other_host(path),
                                                                strcspn(other_host(path), "?#"))));
    add_sent(i, out, request);
    add_expected(i, out, yaml_get(request, "expect"));
    add_captures(i, out, yaml_get(request, "capture"));
    import_leave_others(i, request, known);
    return true;
}

static bool is_method(const char *word) {
    static const char *const methods[] = {"get",    "post", "put",    "patch",
                                          "delete", "head", "options"};
    for (size_t m = 0; m < array_length(methods); m++)
        if (strcmp(methods[m], word) == 0) return true;
    return false;
}

/* Thinking belongs to the request before it. */
static void add_step(struct importing *i, struct text *out, const struct yaml_pair *step,
                     const char *target) {
    double seconds = 0;
    bool think = strcmp(step->key->text, "think") == 0;
    if (think && out->length && out->data[out->length - 1] == '}') {
        if (!import_seconds(i, step->value, 1, &seconds)) return;
        out->data[--out->length] = '\0';
        text_add_format(out, ", think: %s}", import_time_text(i->arena, seconds));
        return;
    }
    if (!is_method(step->key->text)) {
        import_leave(i, step->key->place, "a step %s", quote(i->arena, step->key->text));
        return;
    }
    struct text request = text_begin(i->arena);
    if (add_request(i, &request, step, target))
        text_add_format(out, "%s%s}", out->length ? ",\n             " : "", request.data);
}

static bool add_flow(struct importing *i, struct text *out, const struct yaml_node *scenario,
                     const char *target) {
    static const char *const known[] = {"name", "weight", "flow", "engine", NULL};
    const struct yaml_node *flow = yaml_get(scenario, "flow"), *name = yaml_get(scenario, "name");
    const struct yaml_node *engine = yaml_get(scenario, "engine");
    const struct yaml_node *weight = yaml_get(scenario, "weight");
    struct text requests = text_begin(i->arena);
    if (import_text_of(engine) && strcmp(engine->text, "http") != 0) {
        import_leave(i, scenario->place, "a scenario of the engine %s",
                     quote(i->arena, engine->text));
        return false;
    }
    i->captured_count = 0;
    for (size_t s = 0; import_is_list(flow) && s < flow->count; s++)
        for (size_t p = 0; import_is_map(flow->items[s]) && p < flow->items[s]->count; p++)
            add_step(i, &requests, &flow->items[s]->pairs[p], target);
    if (!requests.length) {
        import_leave(i, scenario->place, "a scenario without requests");
        return false;
    }
    text_add(out, "\n        - {");
    if (import_text_of(name)) text_add_format(out, "name: %s, ", scalar(i, name));
    if (import_text_of(weight)) text_add_format(out, "weight: %s, ", weight->text);
    text_add_format(out, "requests: [\n             %s]}", requests.data);
    import_leave_others(i, scenario, known);
    return true;
}

void import_flows(struct importing *i, struct import_budget *budget, const struct yaml_node *list,
                  const char *target) {
    struct text flows = text_begin(i->arena);
    size_t count = 0;
    for (size_t s = 0; import_is_list(list) && s < list->count; s++)
        count += add_flow(i, &flows, list->items[s], target);
    if (count) import_option(i, budget, "scenario", flows.data);
}
