#include "probes/http_expect.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "base/quote.h"
#include "base/text.h"
#include "base/units.h"
#include "net/http1.h"
#include "probes/extract.h"
#include "probes/http_body.h"

static bool is_digits(const char *text, size_t count) {
    return strspn(text, "0123456789") >= count;
}

static uint16_t three_digits(const char *text) {
    return (uint16_t)((text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0'));
}

/* "200", "200-299", "2xx" */
static bool status_parse(const char *text, struct http_status_range *range) {
    size_t length = strlen(text);
    if (length == 3 && text[0] >= '1' && text[0] <= '5' && strcmp(text + 1, "xx") == 0) {
        uint16_t low = (uint16_t)((text[0] - '0') * 100);
        *range = (struct http_status_range){low, (uint16_t)(low + 99)};
        return true;
    }
    bool one = length == 3 && is_digits(text, 3);
    bool two = length == 7 && is_digits(text, 3) && text[3] == '-' && is_digits(text + 4, 3);
    if (!one && !two) return false;
    *range = (struct http_status_range){three_digits(text), three_digits(two ? text + 4 : text)};
    return range->low >= 100 && range->low <= range->high && range->high <= 999;
}

static bool statuses_make(struct arena *arena, struct probe_texts texts,
                          struct http_expectation *out, const char **problem) {
    struct text shown = text_begin(arena);
    out->statuses = arena_alloc(arena, (texts.count + 1) * sizeof *out->statuses);
    for (size_t i = 0; i < texts.count; i++) {
        text_add_format(&shown, "%s%s", i ? ", " : "", texts.items[i]);
        if (status_parse(texts.items[i], &out->statuses[out->status_count++])) continue;
        *problem = text_format(arena, "%s is no status; write `200`, `200-299` or `2xx`",
                               quote(arena, texts.items[i]));
        return false;
    }
    out->status_text = shown.data;
    return true;
}

static bool pointer_check(struct arena *arena, const char *pointer, const char **problem) {
    if (extract_pointer_valid(pointer)) return true;
    *problem = text_format(arena, "%s is no JSON pointer: write `/name/0`", quote(arena, pointer));
    return false;
}

static bool finder_make(struct arena *arena, const char *pattern, bool group,
                        struct pattern_finder **finder, const char **problem) {
    const char *why;
    *finder = pattern_finder_open(arena, pattern, group, &why);
    if (*finder) return true;
    *problem = text_format(arena, "the pattern %s: %s", quote(arena, pattern), why);
    return false;
}

static bool expect_make(struct arena *arena, const struct http_expect *expect,
                        struct http_expectation *out, const char **problem) {
    for (size_t i = 0; i < expect->headers.count; i++) {
        struct http_rule *rule = array_add(arena, out->headers, out->header_count);
        rule->name = expect->headers.items[i].name;
        if (!finder_make(arena, expect->headers.items[i].value, false, &rule->finder, problem))
            return false;
    }
    if (expect->body) {
        struct http_rule *rule = array_add(arena, out->bodies, out->body_count);
        if (!finder_make(arena, expect->body, false, &rule->finder, problem)) return false;
    }
    for (size_t i = 0; i < expect->json.count; i++) {
        struct http_rule *rule = array_add(arena, out->pointers, out->pointer_count);
        rule->name = expect->json.items[i].name;
        rule->text = expect->json.items[i].value;
        if (!pointer_check(arena, rule->name, problem)) return false;
    }
    return true;
}

static bool capture_make(const struct http_names *names, const char *name,
                         const struct http_capture *capture, struct http_expectation *out,
                         const char **problem) {
    struct arena *arena = names->arena;
    int sources = (capture->json != NULL) + (capture->header != NULL) + (capture->pattern != NULL);
    if (sources != 1) {
        *problem = text_format(arena, "capture %s: write one of `json`, `header` and `pattern`",
                               quote(arena, name));
        return false;
    }
    struct http_rule rule = {.value = http_names_find(names, name)};
    if (capture->json) {
        rule.name = capture->json;
        *array_add(arena, out->captured_pointers, out->captured_pointer_count) = rule;
        return pointer_check(arena, rule.name, problem);
    }
    if (capture->header) {
        rule.name = capture->header;
        *array_add(arena, out->captured_headers, out->captured_header_count) = rule;
        return true;
    }
    if (!finder_make(arena, capture->pattern, true, &rule.finder, problem)) return false;
    *array_add(arena, out->captured_bodies, out->captured_body_count) = rule;
    return true;
}

bool http_expectation_make(const struct http_names *names, const struct http_expect *expect,
                           const struct probe_records *captures, struct http_expectation *out,
                           const char **problem) {
    static const char *const fine[] = {"2xx"};
    struct arena *arena = names->arena;
    struct probe_texts statuses = expect ? expect->status : (struct probe_texts){fine, 1};
    *out = (struct http_expectation){0};
    if (!statuses_make(arena, statuses, out, problem)) return false;
    if (expect && !expect_make(arena, expect, out, problem)) return false;
    const struct http_capture *items = captures->items;
    for (size_t i = 0; i < captures->count; i++)
        if (!capture_make(names, captures->names[i], &items[i], out, problem)) return false;
    out->needs_body = out->body_count + out->pointer_count + out->captured_body_count +
                          out->captured_pointer_count >
                      0;
    return true;
}

static void rules_release(struct http_rule *rules, size_t count) {
    for (size_t i = 0; i < count; i++) pattern_finder_close(rules[i].finder);
}

void http_expectation_release(struct http_expectation *expectation) {
    rules_release(expectation->headers, expectation->header_count);
    rules_release(expectation->bodies, expectation->body_count);
    rules_release(expectation->captured_bodies, expectation->captured_body_count);
}

bool http_status_expected(const struct http_expectation *expectation, uint16_t status) {
    for (size_t i = 0; i < expectation->status_count; i++)
        if (status >= expectation->statuses[i].low && status <= expectation->statuses[i].high)
            return true;
    return false;
}

/* One answer being looked at. */
struct taking {
    struct arena *arena;
    const struct http_expectation *expectation;
    const struct load_exchange *answer;
    struct http_refusal *refusal;
    struct http_body body; /* without its content codings */
    json *document;
};

static bool refuse(struct taking *taking, const char *kind, const char *reason) {
    *taking->refusal = (struct http_refusal){kind, reason};
    return false;
}

static bool headers_hold(struct taking *taking) {
    for (size_t i = 0; i < taking->expectation->header_count; i++) {
        const struct http_rule *rule = &taking->expectation->headers[i];
        struct net_span value = http1_header_find(taking->answer->lines, rule->name);
        struct pattern_found found;
        const char *name = quote(taking->arena, rule->name);
        if (!value.data)
            return refuse(taking, "header",
                          text_format(taking->arena, "it has no header %s", name));
        if (!pattern_finder_find(rule->finder, value.data, value.size, &found))
            return refuse(taking, "header",
                          text_format(taking->arena, "its header %s does not match", name));
    }
    return true;
}

static bool body_read(struct taking *taking) {
    bool large;
    if (!taking->expectation->needs_body) return true;
    const char *problem = http_body_open(taking->answer, &taking->body, &large);
    if (!problem) return true;
    return refuse(taking, large ? net_fault_word(NET_TOO_LARGE) : "body", problem);
}

static bool bodies_hold(struct taking *taking) {
    const struct net_span body = taking->body.bytes;
    struct pattern_found found;
    for (size_t i = 0; i < taking->expectation->body_count; i++)
        if (!pattern_finder_find(taking->expectation->bodies[i].finder, body.data, body.size,
                                 &found))
            return refuse(taking, "body", "its body does not match the pattern");
    return true;
}

static bool document_read(struct taking *taking) {
    const struct http_expectation *expectation = taking->expectation;
    if (expectation->pointer_count + expectation->captured_pointer_count == 0) return true;
    const char *problem;
    const struct net_span body = taking->body.bytes;
    taking->document = json_read(taking->arena, body.data ? body.data : "", body.size, &problem);
    return taking->document || refuse(taking, "json", "its body is no JSON");
}

/* A scalar as text; NULL: it is an object or a list. */
static const char *scalar_text(struct arena *arena, const json *value) {
    if (json_is_text(value)) return json_text(value, "");
    if (json_is_number(value)) return number_text(arena, json_number(value, 0));
    if (json_is_null(value)) return "null";
    if (json_is_object(value) || json_is_list(value)) return NULL;
    return json_flag(value, false) ? "true" : "false";
}

static bool scalar_is(struct arena *arena, const json *value, const char *expected) {
    double number;
    if (json_is_number(value) && number_parse(expected, &number))
        return number == json_number(value, 0);
    return text_equal(scalar_text(arena, value), expected);
}

static bool pointers_hold(struct taking *taking) {
    for (size_t i = 0; i < taking->expectation->pointer_count; i++) {
        const struct http_rule *rule = &taking->expectation->pointers[i];
        const json *value = json_at(taking->document, rule->name);
        if (value && scalar_is(taking->arena, value, rule->text)) continue;
        return refuse(taking, "json",
                      text_format(taking->arena, "%s in its body is not %s",
                                  quote(taking->arena, rule->name),
                                  quote(taking->arena, rule->text)));
    }
    return true;
}

static bool value_keep(struct taking *taking, char **values, const struct http_rule *rule,
                       const char *bytes, size_t length) {
    if (length > HTTP_VALUE_MAX || (length && memchr(bytes, '\0', length)))
        return refuse(taking, "capture", "a captured value is too long, or has a NUL in it");
    char *copy = malloc(length + 1);
    if (!copy) memory_exhausted();
    if (length) memcpy(copy, bytes, length);
    copy[length] = '\0';
    free(values[rule->value]);
    values[rule->value] = copy;
    return true;
}

static bool capture_lost(struct taking *taking, const char *what) {
    return refuse(taking, "capture",
                  text_format(taking->arena, "%s, which is to be captured, is not in it", what));
}

static bool capture_headers(struct taking *taking, char **values) {
    for (size_t i = 0; i < taking->expectation->captured_header_count; i++) {
        const struct http_rule *rule = &taking->expectation->captured_headers[i];
        struct net_span value = http1_header_find(taking->answer->lines, rule->name);
        if (!value.data) return capture_lost(taking, quote(taking->arena, rule->name));
        if (!value_keep(taking, values, rule, value.data, value.size)) return false;
    }
    return true;
}

static bool capture_bodies(struct taking *taking, char **values) {
    const struct net_span body = taking->body.bytes;
    for (size_t i = 0; i < taking->expectation->captured_body_count; i++) {
        const struct http_rule *rule = &taking->expectation->captured_bodies[i];
        struct pattern_found found;
        if (!pattern_finder_find(rule->finder, body.data, body.size, &found))
            return capture_lost(taking, "the pattern");
        if (!value_keep(taking, values, rule, body.data + found.start, found.end - found.start))
            return false;
    }
    return true;
}

static bool capture_pointers(struct taking *taking, char **values) {
    for (size_t i = 0; i < taking->expectation->captured_pointer_count; i++) {
        const struct http_rule *rule = &taking->expectation->captured_pointers[i];
        const json *value = json_at(taking->document, rule->name);
        const char *text = value ? scalar_text(taking->arena, value) : NULL;
        if (!text) return capture_lost(taking, quote(taking->arena, rule->name));
        if (!value_keep(taking, values, rule, text, strlen(text))) return false;
    }
    return true;
}

bool http_answer_take(struct arena *arena, const struct http_expectation *expectation,
                      const struct load_exchange *answer, char **values,
                      struct http_refusal *refusal) {
    struct taking taking = {arena, expectation, answer, refusal, {{NULL, 0}, NULL}, NULL};
    bool good;
    if (!http_status_expected(expectation, answer->status))
        good = refuse(&taking, "status",
                      text_format(arena, "its status is %u, expected is %s", answer->status,
                                  expectation->status_text));
    else
        good = headers_hold(&taking) && body_read(&taking) && bodies_hold(&taking) &&
               document_read(&taking) && pointers_hold(&taking) &&
               capture_headers(&taking, values) && capture_bodies(&taking, values) &&
               capture_pointers(&taking, values);
    json_free(taking.document);
    http_body_close(&taking.body);
    return good;
}
