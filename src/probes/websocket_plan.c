#include "probes/websocket_plan.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/quote.h"
#include "base/text.h"
#include "probes/http_call.h"

#define SIZE_DEFAULT 32

static bool header_set(const struct probe_pairs *headers, const char *name) {
    for (size_t i = 0; i < headers->count; i++)
        if (strcasecmp(headers->items[i].name, name) == 0) return true;
    return false;
}

static bool header_ours(const char *name) {
    static const char *const ours[] = {"connection", "upgrade", "content-length",
                                       "transfer-encoding"};
    static const char prefix[] = "sec-websocket-";
    for (size_t i = 0; i < array_length(ours); i++)
        if (strcasecmp(name, ours[i]) == 0) return true;
    return strncasecmp(name, prefix, sizeof prefix - 1) == 0;
}

static bool headers_add(struct probe_run *run, struct http_plan *load, struct text *out) {
    const struct websocket_config *config = run->config;
    const struct probe_pairs *headers = &config->http.headers;
    for (size_t i = 0; i < headers->count; i++) {
        const char *name = headers->items[i].name, *value = headers->items[i].value;
        const char *shown = quote(load->arena, name);
        if (header_ours(name))
            return probe_fail(
                run, PROBE_FAULT_DATA,
                text_format(load->arena, "the header %s is not for budgets to set", shown),
                "`subprotocols` are an option");
        if (!http_header_valid(name, value))
            return probe_fail(
                run, PROBE_FAULT_DATA,
                text_format(load->arena, "the header %s has bytes no header may have", shown),
                NULL);
        text_add_format(out, "%s: %s\r\n", name, value);
    }
    return true;
}

static bool subprotocols_add(struct probe_run *run, struct http_plan *load, struct text *out) {
    const struct probe_texts *names = &((const struct websocket_config *)run->config)->subprotocols;
    for (size_t i = 0; i < names->count; i++) {
        if (!http_header_valid(names->items[i], ""))
            return probe_fail(run, PROBE_FAULT_DATA,
                              text_format(load->arena, "%s is no name of a subprotocol",
                                          quote(load->arena, names->items[i])),
                              NULL);
        text_add_format(out, "%s%s", i ? ", " : "Sec-WebSocket-Protocol: ", names->items[i]);
    }
    if (names->count) text_add_format(out, "\r\n");
    return true;
}

/* Section 4.1; the key comes last, as it alone varies. */
static bool opening_make(struct probe_run *run, struct http_plan *load,
                         struct websocket_plan *plan) {
    const struct websocket_config *config = run->config;
    struct text out = text_begin(load->arena);
    const char *authorization;
    if (!http_authorization(run, load, &authorization)) return false;
    text_add_format(&out, "GET %s HTTP/1.1\r\n", load->base.path);
    if (!header_set(&config->http.headers, "host"))
        text_add_format(&out, "Host: %s\r\n", load->base.authority);
    if (!header_set(&config->http.headers, "user-agent"))
        text_add_format(&out, "User-Agent: perfbudget/" PERFBUDGET_VERSION "\r\n");
    if (authorization && !http_header_valid("Authorization", authorization))
        return probe_fail(run, PROBE_FAULT_DATA, "the authorization has bytes no header may have",
                          NULL);
    if (authorization && !header_set(&config->http.headers, "authorization"))
        text_add_format(&out, "Authorization: %s\r\n", authorization);
    if (!headers_add(run, load, &out) || !subprotocols_add(run, load, &out)) return false;
    text_add_format(&out, "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
    plan->opening = out.data;
    return true;
}

/* Letters that do not repeat soon, so that no layer below makes less of them. */
static const char *payload_make(struct arena *arena, const struct websocket_plan *plan) {
    char *payload = arena_alloc(arena, plan->size + 1);
    uint64_t mixed = 1;
    for (size_t i = 0; i < plan->size; i++) {
        mixed = mixed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint8_t drawn = (uint8_t)(mixed >> 56);
        payload[i] = (char)(plan->binary ? drawn : 'a' + drawn % 26);
    }
    return payload;
}

static bool messages_make(struct probe_run *run, struct http_plan *load,
                          struct websocket_plan *plan) {
    const struct websocket_config *config = run->config;
    if (config->message && config->size > 0)
        return probe_fail(run, PROBE_FAULT_DATA, "`message` stands beside `size`", "keep one");
    plan->batch = (uint32_t)config->batch;
    plan->binary = config->binary;
    plan->size = config->size > 0 ? (size_t)config->size : SIZE_DEFAULT;
    if (config->message) plan->size = strlen(config->message);
    if (!config->message)
        plan->counter = plan->size < WEBSOCKET_COUNTER ? plan->size : WEBSOCKET_COUNTER;
    if ((double)plan->size * plan->batch > WEBSOCKET_SENT_MAX)
        return probe_fail(run, PROBE_FAULT_DATA, "the messages of a batch are over 16 MiB",
                          "lower `batch` or `size`");
    plan->payload = config->message ? config->message : payload_make(load->arena, plan);
    return true;
}

static bool reply_make(struct probe_run *run, struct http_plan *load, struct websocket_plan *plan) {
    const struct websocket_config *config = run->config;
    const struct probe_records none = {0};
    static const char *const fine[] = {"2xx"};
    const char *problem;
    plan->matched = config->reply.count > 0;
    if (!plan->matched) return true;
    const struct websocket_reply *reply = config->reply.items;
    const struct http_expect expect = {
        .status = {fine, 1}, .body = reply->pattern, .json = reply->json};
    if (!reply->pattern && !reply->json.count)
        return probe_fail(run, PROBE_FAULT_DATA, "`reply` says nothing",
                          "write `pattern` or `json`");
    if (http_expectation_make(&load->names, &expect, &none, &plan->reply, &problem)) return true;
    return probe_fail(run, PROBE_FAULT_DATA, text_format(load->arena, "`reply`: %s", problem),
                      NULL);
}

bool websocket_plan_make(struct probe_run *run, struct arena *arena, struct http_plan *load,
                         struct websocket_plan *plan) {
    static const struct http_words words = {
        "round trip", "round trips", "from the last byte of the handshake sent to its whole answer",
        "reply"};
    static struct http_walk const walk = {0, 1, 1};
    *plan = (struct websocket_plan){0};
    *load = (struct http_plan){.arena = arena,
                               .words = &words,
                               .websocket = true,
                               .labels = arena_alloc(arena, sizeof(const char *)),
                               .label_count = 1,
                               .walk_count = 1};
    load->walks = arena_alloc(arena, sizeof walk);
    *load->walks = walk;
    http_names_begin(&load->names, arena);
    return http_plan_route(run, load) && http_plan_secure(run, load) &&
           http_plan_phases(run, load) && opening_make(run, load, plan) &&
           messages_make(run, load, plan) && reply_make(run, load, plan);
}

void websocket_plan_release(struct websocket_plan *plan) {
    http_expectation_release(&plan->reply);
}

static void counter_write(const struct websocket_plan *plan, uint64_t number, char *out) {
    for (size_t i = plan->counter; i-- > 0; number >>= 4) out[i] = "0123456789abcdef"[number & 15];
}

void websocket_plan_message(const struct websocket_plan *plan, uint64_t number, char *out) {
    memcpy(out, plan->payload, plan->size);
    counter_write(plan, number, out);
}

bool websocket_plan_is_message(const struct websocket_plan *plan, uint64_t number,
                               struct net_span bytes) {
    char counter[WEBSOCKET_COUNTER];
    counter_write(plan, number, counter);
    if (bytes.size != plan->size) return false;
    if (bytes.size == 0) return true;
    return memcmp(bytes.data, counter, plan->counter) == 0 &&
           memcmp(bytes.data + plan->counter, plan->payload + plan->counter,
                  plan->size - plan->counter) == 0;
}
