#include <string.h>

#include "base/text.h"
#include "report/formats.h"
#include "report/items.h"
#include "report/sarif.h"
#include "report/table.h"
#include "report/waivers.h"

/* SARIF 2.1.0 (OASIS Standard): a budget is a rule, what is not met a result on the limit's line.
 * What is waived is a result that is suppressed from outside. */

void sarif_put_level(json *object, enum diag_level level) {
    static const char *const levels[] = {"note", "warning", "error"};
    json_put_text(object, "level", levels[level]);
}

void sarif_put_message(json *object, const char *name, const char *foreign) {
    if (!foreign || !*foreign) return;
    struct arena *scratch = arena_new();
    json *message = json_put_object(object, name);
    /* `{0}` would be a placeholder (3.11.5), `[text](2)` a link (3.11.6). */
    struct text plain = text_begin(scratch);
    bool link = strstr(foreign, "](") != NULL;
    for (const char *c = text_inert(scratch, foreign); *c; c++) {
        if (link && strchr("[]\\", *c)) text_add_char(&plain, '\\');
        if (*c == '{' || *c == '}') text_add_char(&plain, *c);
        text_add_char(&plain, *c);
    }
    json_put_text(message, "text", plain.data);
    arena_free(scratch);
}

/* A path as a URI reference (RFC 3986). */
static const char *uri_of(struct arena *arena, const char *path) {
    struct text uri = text_begin(arena);
    if (path[0] == '/') text_add(&uri, "file://");
    for (const char *c = path; *c; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || strchr("-._~/", *c);
        if (plain)
            text_add_char(&uri, *c);
        else
            text_add_format(&uri, "%%%02X", (unsigned)(unsigned char)*c);
    }
    return uri.data;
}

void sarif_put_location(struct arena *arena, json *result, struct place place) {
    json *locations = json_put_list(result, "locations");
    if (!place.file || !*place.file || place.line <= 0) return;
    json *location = json_push(locations, json_new_object());
    json *physical = json_put_object(location, "physicalLocation");
    json *artifact = json_put_object(physical, "artifactLocation");
    json_put_text(artifact, "uri", uri_of(arena, place.file));
    if (place.file[0] != '/') json_put_text(artifact, "uriBaseId", "%SRCROOT%");
    json *region = json_put_object(physical, "region");
    json_put_number(region, "startLine", place.line);
    if (place.column > 0) json_put_number(region, "startColumn", place.column);
}

static void push_result(struct arena *arena, json *results, const struct report *report,
                        const struct report_item *item) {
    enum diag_level level;
    if (!item_level(item, &level)) return;
    json *result = json_push(results, json_new_object());
    json_put_text(result, "ruleId", item->budget ? text_inert(arena, item->budget->id) : "run");
    json_put_text(result, "kind", "fail");
    sarif_put_level(result, level);
    sarif_put_message(result, "message",
                      text_format(arena, "%s: %s", outcome_words[item->outcome], item->message));
    sarif_put_location(arena, result, item_anchor(report, item)); /* code scanning needs one */
    json *fingerprints = json_put_object(result, "partialFingerprints");
    json_put_text(fingerprints, "perfbudgetLimit/v1", item_fingerprint(arena, item));
    if (item->effect != OUTCOME_WAIVED) return;
    json *list = json_put_list(result, "suppressions");
    json *suppression = json_push(list, json_new_object());
    json_put_text(suppression, "kind", "external");
    const char *reason = item->waiver ? text_inert(arena, item->waiver) : "waived";
    json_put_text(suppression, "justification", reason);
}

static void push_rule(struct arena *arena, json *rules, const struct budget *budget) {
    json *rule = json_push(rules, json_new_object());
    json_put_text(rule, "id", text_inert(arena, budget->id));
    sarif_put_message(rule, "shortDescription", budget->title ? budget->title : budget->id);
    sarif_put_message(rule, "fullDescription", budget->why);
    sarif_put_message(rule, "help", budget->fix);
    if (!budget->tags.count) return;
    json *tags = json_put_list(json_put_object(rule, "properties"), "tags");
    for (size_t i = 0; i < budget->tags.count; i++)
        json_push_text(tags, text_inert(arena, budget->tags.items[i]));
}

static void put_tool(struct arena *arena, json *run, const struct report *report) {
    json *driver = json_put_object(json_put_object(run, "tool"), "driver");
    json_put_text(driver, "name", "perfbudget");
    json_put_text(driver, "version", PERFBUDGET_VERSION);
    json *rules = json_put_list(driver, "rules");
    for (size_t i = 0; i < report->set->count; i++)
        if (report->set->budgets[i].selected) push_rule(arena, rules, &report->set->budgets[i]);
    if (!report_trouble(arena, report)) return;
    json *rule = json_push(rules, json_new_object());
    json_put_text(rule, "id", "run");
    sarif_put_message(rule, "shortDescription", "The run as a whole");
}

/* What the budget files say of themselves: waivers, each with its days left. */
static void put_waivers(struct arena *arena, json *invocation, const struct report *report) {
    struct report_waiver *waivers;
    size_t count = report_waivers(arena, report, &waivers);
    if (count == 0) return;
    json *list = json_put_list(invocation, "toolConfigurationNotifications");
    for (size_t i = 0; i < count; i++) {
        const struct budget *budget = waivers[i].budget;
        json *notification = json_push(list, json_new_object());
        sarif_put_message(
            notification, "message",
            text_format(arena, "the waiver of `%s`: %s", budget->id, waivers[i].text));
        sarif_put_level(notification, waivers[i].level);
        sarif_put_location(arena, notification, budget->waiver.place);
    }
}

static void put_invocation(struct arena *arena, json *run, const struct report *report) {
    json *invocation = json_push(json_put_list(run, "invocations"), json_new_object());
    int code = report->exit_code;
    bool judged = code == 0 || code == 1 || code == 6;
    json_put_flag(invocation, "executionSuccessful", judged && report->complete);
    json_put_number(invocation, "exitCode", code);
    if (report->started_at) json_put_text(invocation, "startTimeUtc", report->started_at);
    json *list = json_put_list(invocation, "toolExecutionNotifications");
    for (size_t i = 0; report->diags && i < report->diags->count; i++) {
        const struct diag *diag = &report->diags->items[i];
        json *notification = json_push(list, json_new_object());
        sarif_put_message(notification, "message", diag->message);
        sarif_put_level(notification, diag->level);
        sarif_put_location(arena, notification, diag->place);
    }
    put_waivers(arena, invocation, report);
}

json *sarif_begin(json **run) {
    json *root = json_new_object();
    json_put_text(
        root, "$schema",
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json");
    json_put_text(root, "version", "2.1.0");
    *run = json_push(json_put_list(root, "runs"), json_new_object());
    return root;
}

const char *report_sarif(struct arena *arena, const struct report *report,
                         const struct report_text_options *options) {
    (void)options;
    struct report_item *items;
    size_t count = report_items(arena, report, &items);
    json *run, *root = sarif_begin(&run);
    put_tool(arena, run, report);
    put_invocation(arena, run, report);
    json_put_text(run, "columnKind", "unicodeCodePoints");
    json *results = json_put_list(run, "results");
    for (size_t i = 0; i < count; i++) push_result(arena, results, report, &items[i]);
    const char *text = json_write(arena, root);
    json_free(root);
    return text;
}
