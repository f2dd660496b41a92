#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/json.h"
#include "base/quote.h"
#include "base/text.h"
#include "probes/decompress.h"
#include "probes/http_call.h"

/* One request on its way from what is written to a template. */
struct making {
    struct probe_run *run;
    struct http_plan *plan;
    const struct http_request *written;
    struct http_call *call;
    bool files;
    const char *path; /* as written, without another host */
    unsigned headers;
};

static bool making_fail(const struct making *making, const char *problem) {
    return http_call_fail(making->run, making->plan->arena, making->written->path, problem);
}

static bool add(const struct making *making, struct http_template *template, const char *text,
                enum http_encoding encoding) {
    const char *problem;
    return http_template_text(&making->plan->names, template, text, encoding, &problem) ||
           making_fail(making, problem);
}

static bool add_pairs(const struct making *making, struct http_template *template,
                      const struct probe_pairs *pairs, const char *first) {
    for (size_t i = 0; i < pairs->count; i++) {
        http_template_literal(making->plan->arena, template, i ? "&" : first);
        if (!add(making, template, pairs->items[i].name, HTTP_FORM)) return false;
        http_template_literal(making->plan->arena, template, "=");
        if (!add(making, template, pairs->items[i].value, HTTP_FORM)) return false;
    }
    return true;
}

static bool target_make(struct making *making) {
    struct arena *arena = making->plan->arena;
    const char *path;
    if (!http_plan_locate(making->run, making->plan, making->written->path, making->call, &path))
        return false;
    making->path = making->call->host ? path : making->written->path;
    size_t plain = strcspn(path, "?#");
    struct http_template *target = &making->call->target;
    if (!add(making, target, text_copy_bytes(arena, path, plain), HTTP_PATH)) return false;
    const char *query = text_copy_bytes(arena, path + plain, strcspn(path + plain, "#"));
    if (!add(making, target, query, HTTP_QUERY)) return false;
    return add_pairs(making, target, &making->written->query, *query ? "&" : "?");
}

static bool json_make(const struct making *making, const char *text) {
    const char *problem;
    struct arena *arena = making->plan->arena;
    const char *sample = http_template_sample(arena, text);
    json *document = json_read(arena, sample, strlen(sample), &problem);
    if (!document) return making_fail(making, text_format(arena, "`json` is no JSON: %s", problem));
    json_free(document);
    return add(making, &making->call->body, text, HTTP_JSON);
}

static bool file_make(const struct making *making, const char *name) {
    struct probe_run *run = making->run;
    struct arena *arena = making->plan->arena;
    const char *path = path_join(arena, run->directory, name), *bytes = "";
    size_t length = 0;
    struct diags diags = diags_begin(arena);
    if (run->root && (!path_below(run->root, path) || !path_confined(run->root, path)))
        return probe_fail(run, PROBE_FAULT_REFUSED,
                          text_format(arena, "%s leaves the root", quote(arena, name)), NULL);
    if (making->files && !file_read(arena, path, HTTP_BODY_MAX, &bytes, &length, &diags))
        return probe_fail(run, PROBE_FAULT_TARGET, diags.items[0].message, diags.items[0].hint);
    struct http_piece *piece =
        array_add(arena, making->call->body.pieces, making->call->body.count);
    *piece = (struct http_piece){.text = bytes, .length = length};
    return true;
}

static bool body_make(const struct making *making, const char **type) {
    const struct http_request *written = making->written;
    int kinds = (written->json != NULL) + (written->form.count > 0) + (written->body != NULL) +
                (written->file != NULL);
    if (kinds > 1)
        return making_fail(making, "sends more than one of `json`, `form`, `body`, `file`");
    making->call->has_body = kinds == 1;
    if (written->json) {
        *type = "application/json";
        return json_make(making, written->json);
    }
    if (written->form.count > 0) {
        *type = "application/x-www-form-urlencoded";
        return add_pairs(making, &making->call->body, &written->form, "");
    }
    if (written->body) return add(making, &making->call->body, written->body, HTTP_PLAIN);
    return !written->file || file_make(making, written->file);
}

static bool has_header(const struct probe_pairs *pairs, const char *name) {
    for (size_t i = 0; i < pairs->count; i++)
        if (strcasecmp(pairs->items[i].name, name) == 0) return true;
    return false;
}

/* A token (RFC 9110, section 5.6.2). */
static bool is_token(const char *text) {
    static const char letters[] =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return *text && text[strspn(text, letters)] == '\0';
}

static bool is_header_value(const char *text) {
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f) return false;
    return true;
}

bool http_header_valid(const char *name, const char *value) {
    return is_token(name) && is_header_value(value);
}

static bool header_add(struct making *making, const char *name, const char *value) {
    static const char *const ours[] = {
        "content-length", "transfer-encoding", "connection", "upgrade", "expect", "te"};
    struct arena *arena = making->plan->arena;
    struct http_template *headers = &making->call->headers;
    const char *shown = quote(arena, name);
    for (size_t i = 0; i < array_length(ours); i++)
        if (strcasecmp(ours[i], name) == 0)
            return making_fail(
                making, text_format(arena, "the header %s is not for budgets to set", shown));
    if (!http_header_valid(name, value))
        return making_fail(making,
                           text_format(arena, "the header %s has bytes no header may have", shown));
    if (++making->headers > HTTP_HEADERS_MAX)
        return making_fail(making, "has more than 250 headers");
    http_template_literal(arena, headers, text_format(arena, "%s: ", name));
    if (!add(making, headers, value, HTTP_HEADER)) return false;
    http_template_literal(arena, headers, "\r\n");
    return true;
}

/* What the budget says for all requests is for its target's host alone: it may hold secrets. */
static struct probe_pairs common_headers(const struct making *making) {
    const struct http_config *config = making->run->config;
    return making->call->host == 0 ? config->headers : (struct probe_pairs){0};
}

static bool header_default(struct making *making, const char *name, const char *value) {
    const struct probe_pairs common = common_headers(making);
    if (!value || has_header(&making->written->headers, name) || has_header(&common, name))
        return true;
    return header_add(making, name, value);
}

static bool headers_make(struct making *making, const char *type) {
    const struct http_config *config = making->run->config;
    const struct probe_pairs *own = &making->written->headers, common = common_headers(making);
    const struct http_host *host = &making->plan->hosts[making->call->host];
    const char *authorization;
    if (!http_authorization(making->run, making->plan, &authorization)) return false;
    if (making->call->host != 0) authorization = NULL;
    if (!header_default(making, "host", host->base.authority) ||
        !header_default(making, "user-agent", "perfbudget/" PERFBUDGET_VERSION) ||
        !header_default(making, "accept", "*/*") ||
        !header_default(making, "accept-encoding",
                        config->compression ? DECOMPRESS_CODINGS : NULL) ||
        !header_default(making, "authorization", authorization) ||
        !header_default(making, "content-type", type))
        return false;
    if (*host->authority && host->route.proxy.authorization &&
        !header_add(making, "proxy-authorization", host->route.proxy.authorization))
        return false;
    for (size_t i = 0; i < common.count; i++)
        if (!has_header(own, common.items[i].name) &&
            !header_add(making, common.items[i].name, common.items[i].value))
            return false;
    for (size_t i = 0; i < own->count; i++)
        if (!header_add(making, own->items[i].name, own->items[i].value)) return false;
    return true;
}

static uint32_t label_number(struct http_plan *plan, const char *name) {
    for (size_t i = 0; i < plan->label_count; i++)
        if (strcmp(plan->labels[i], name) == 0) return (uint32_t)i;
    *array_add(plan->arena, plan->labels, plan->label_count) = name;
    return (uint32_t)(plan->label_count - 1);
}

static bool method_make(const struct making *making) {
    static const char *const idempotent[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
    struct http_call *call = making->call;
    const char *written = making->written->method;
    call->method = written ? written : call->has_body ? "POST" : "GET";
    if (!is_token(call->method) || strcmp(call->method, "CONNECT") == 0)
        return making_fail(making, text_format(making->plan->arena, "%s is no method",
                                               quote(making->plan->arena, call->method)));
    call->head_only = strcmp(call->method, "HEAD") == 0;
    for (size_t i = 0; i < array_length(idempotent); i++)
        call->idempotent |= strcmp(call->method, idempotent[i]) == 0;
    return true;
}

static bool expect_make(const struct making *making) {
    const struct http_config *config = making->run->config;
    const struct probe_records *written =
        making->written->expect.count ? &making->written->expect : &config->expect;
    const char *problem;
    if (!http_expectation_make(&making->plan->names, written->items, &making->written->capture,
                               &making->call->expect, &problem))
        return making_fail(making, problem);
    if (making->call->head_only && making->call->expect.needs_body)
        return making_fail(making, "an answer to HEAD has no body to look into");
    return true;
}

/* Without a blank, so that it can be written in a limit's label as it is: `/a`, `POST/a`. */
static const char *call_name(const struct making *making) {
    const struct http_request *written = making->written;
    if (written->name) return written->name;
    bool get = strcmp(making->call->method, "GET") == 0;
    const char *between = making->path[0] == '/' || get ? "" : "/";
    return text_format(making->plan->arena, "%s%s%s", get ? "" : making->call->method, between,
                       making->path);
}

/* Two requests of one label are one row: of two hosts they must say so by a name. */
static bool label_clear(const struct making *making) {
    const struct http_plan *plan = making->plan;
    const struct http_call *call = making->call;
    for (const struct http_call *other = plan->calls; other < call; other++)
        if (!making->written->name && other->host != call->host &&
            strcmp(other->name, call->name) == 0)
            return making_fail(making,
                               text_format(plan->arena,
                                           "a request to another host is called %s too; give "
                                           "one of them a `name`",
                                           quote(plan->arena, call->name)));
    return true;
}

static bool call_make(struct making *making) {
    const struct http_request *written = making->written;
    struct http_plan *plan = making->plan;
    struct http_call *call = making->call;
    const char *type = NULL;
    if (written->think_to > 0 && written->think_to < written->think)
        return making_fail(making, "`think_to` is less than `think`");
    call->path = written->path;
    call->timeout = clock_nanoseconds(written->timeout);
    call->think = clock_nanoseconds(written->think);
    call->think_to = clock_nanoseconds(written->think_to);
    if (!body_make(making, &type) || !method_make(making) || !target_make(making) ||
        !headers_make(making, type) || !expect_make(making))
        return false;
    call->name = call_name(making);
    if (!label_clear(making)) return false;
    call->label = label_number(plan, call->name);
    http_call_fix(plan, call);
    return true;
}

static void names_collect(struct http_names *names, const struct probe_records *requests) {
    const struct http_request *items = requests->items;
    for (size_t i = 0; i < requests->count; i++)
        for (size_t c = 0; c < items[i].capture.count; c++)
            http_names_add(names, items[i].capture.names[c]);
}

static bool walk_make(struct probe_run *run, struct http_plan *plan,
                      const struct probe_records *requests, bool files, struct http_walk *walk) {
    const struct http_request *items = requests->items;
    walk->first = (uint32_t)plan->call_count;
    walk->count = (uint32_t)requests->count;
    for (size_t i = 0; i < requests->count; i++) {
        struct http_call *call = array_add(plan->arena, plan->calls, plan->call_count);
        struct making making = {run, plan, &items[i], call, files, NULL, 0};
        if (!call_make(&making)) return false;
    }
    return true;
}

/* The target itself as a flow of one request. */
static bool target_walk(struct probe_run *run, struct http_plan *plan, bool files) {
    const struct http_config *config = run->config;
    struct http_request *request = arena_new_object(plan->arena, struct http_request);
    *request = (struct http_request){.path = plan->base.path,
                                     .method = config->method,
                                     .query = config->query,
                                     .form = config->form,
                                     .json = config->json,
                                     .body = config->body,
                                     .file = config->file};
    const struct probe_records requests = {request, NULL, 1};
    struct http_walk *walk = array_add(plan->arena, plan->walks, plan->walk_count);
    walk->weight = plan->weights = 1;
    return walk_make(run, plan, &requests, files, walk);
}

static bool scenario_alone(struct probe_run *run) {
    const struct http_config *config = run->config;
    if (!config->method && !config->query.count && !config->form.count && !config->json &&
        !config->body && !config->file)
        return true;
    return probe_fail(
        run, PROBE_FAULT_DATA,
        "`scenario` stands beside `method`, `query`, `json`, `form`, `body` or `file`",
        "write these in its requests");
}

bool http_plan_calls(struct probe_run *run, bool files, struct http_plan *plan) {
    const struct http_config *config = run->config;
    const struct http_flow *flows = config->scenario.items;
    size_t requests = config->login.count;
    names_collect(&plan->names, &config->login);
    for (size_t i = 0; i < config->scenario.count; i++) {
        names_collect(&plan->names, &flows[i].requests);
        requests += flows[i].requests.count;
    }
    if (requests > HTTP_REQUESTS_MAX)
        return probe_fail(run, PROBE_FAULT_DATA, "there are more than 1000 requests", NULL);
    if (!walk_make(run, plan, &config->login, files, &plan->login)) return false;
    if (!config->scenario.count) return target_walk(run, plan, files);
    if (!scenario_alone(run)) return false;
    for (size_t i = 0; i < config->scenario.count; i++) {
        struct http_walk *walk = array_add(plan->arena, plan->walks, plan->walk_count);
        walk->weight = (uint64_t)flows[i].weight;
        plan->weights += walk->weight;
        if (!walk_make(run, plan, &flows[i].requests, files, walk)) return false;
    }
    return true;
}
