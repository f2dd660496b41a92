#include "probes/http_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* RFC 4648, section 4. */
static const char *base64(struct arena *arena, const char *text) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct text out = text_begin(arena);
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t group = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (left > 2 ? bytes[i + 2] : 0);
        text_add_char(&out, digits[group >> 18]);
        text_add_char(&out, digits[group >> 12 & 63]);
        text_add_char(&out, left > 1 ? digits[group >> 6 & 63] : '=');
        text_add_char(&out, left > 2 ? digits[group & 63] : '=');
    }
    return out.data;
}

const char *http_basic(struct arena *arena, const char *text) {
    return text_format(arena, "Basic %s", base64(arena, text));
}

bool http_authorization(struct probe_run *run, const struct http_plan *plan, const char **value) {
    const struct http_config *config = run->config;
    const struct url *base = &plan->base;
    const char *basic = config->basic;
    if (base->user && !basic)
        basic = text_format(plan->arena, "%s:%s", base->user, base->password ? base->password : "");
    *value = NULL;
    if ((config->basic != NULL) + (config->bearer != NULL) + (base->user != NULL) > 1)
        return probe_fail(run, PROBE_FAULT_DATA,
                          "more than one of `basic`, `bearer` and a user in the target",
                          "keep one");
    if (config->basic && !strchr(config->basic, ':'))
        return probe_fail(run, PROBE_FAULT_DATA, "`basic` has no colon", "write USER:PASSWORD");
    if (basic) *value = http_basic(plan->arena, basic);
    if (config->bearer) *value = text_format(plan->arena, "Bearer %s", config->bearer);
    return true;
}

static void add(struct http_buffer *buffer, const char *text) {
    http_buffer_add(buffer, text, strlen(text));
}

static bool add_target(struct http_sender *sender, const struct http_call *call,
                       uint32_t *missing) {
    if (!sender->redirect)
        return http_template_fill(&call->target, &sender->values, &sender->out, missing);
    add(&sender->out, sender->redirect);
    return true;
}

static void add_cookies(struct http_sender *sender, size_t from, size_t to) {
    if (!sender->jar || !sender->jar->count) return;
    char *target = strndup(sender->out.data + from, to - from);
    if (!target) memory_exhausted();
    http_jar_add(sender->jar, target, &sender->out);
    free(target);
}

static void add_length(struct http_sender *sender, const struct http_call *call, bool body) {
    char line[64];
    if (!body && (call->idempotent || sender->redirect_get)) return;
    snprintf(line, sizeof line, "content-length: %zu\r\n", body ? sender->body.length : 0);
    add(&sender->out, line);
}

bool http_call_render(struct http_sender *sender, const struct http_call *call, uint32_t *missing) {
    bool body = call->has_body && !sender->redirect_get;
    sender->out.length = sender->body.length = 0;
    add(&sender->out, sender->redirect_get ? "GET" : call->method);
    add(&sender->out, " ");
    add(&sender->out, sender->plan->hosts[call->host].authority);
    size_t from = sender->out.length;
    if (!add_target(sender, call, missing)) return false;
    size_t to = sender->out.length;
    add(&sender->out, " HTTP/1.1\r\n");
    if (!http_template_fill(&call->headers, &sender->values, &sender->out, missing) ||
        (body && !http_template_fill(&call->body, &sender->values, &sender->body, missing)))
        return false;
    add_cookies(sender, from, to);
    add_length(sender, call, body);
    add(&sender->out, "\r\n");
    http_buffer_add(&sender->out, sender->body.data, sender->body.length);
    return true;
}

void http_call_fix(const struct http_plan *plan, struct http_call *call) {
    struct http_sender sender = {.plan = plan};
    uint32_t missing;
    if (call->target.varies || call->headers.varies || call->body.varies) return;
    http_call_render(&sender, call, &missing);
    call->length = sender.out.length;
    call->bytes = text_copy_bytes(plan->arena, sender.out.data, sender.out.length);
    free(sender.out.data);
    free(sender.body.data);
}
