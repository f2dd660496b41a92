#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "report/formats.h"
#include "report/items.h"
#include "report/waivers.h"

/* GitLab's code quality report: an element a finding, none for what is met. */

static const char *severity_of(const struct report_item *item) {
    switch (item->effect) {
    case OUTCOME_ERROR:
        return "blocker";
    case OUTCOME_FAIL:
        return "critical";
    case OUTCOME_INCONCLUSIVE:
        return "major";
    case OUTCOME_WARN:
        return "minor";
    case OUTCOME_WAIVED:
        return "info";
    case OUTCOME_PASS:
    case OUTCOME_SKIPPED:
        break;
    }
    return NULL;
}

struct finding {
    const char *id, *message, *fingerprint, *severity;
    struct place place;
};

static void push_finding(struct arena *arena, json *list, const struct finding *finding) {
    json *object = json_push(list, json_new_object());
    const char *id = text_inert(arena, finding->id);
    json_put_text(object, "description", text_format(arena, "%s: %s", id, finding->message));
    json_put_text(object, "check_name", text_format(arena, "perfbudget/%s", id));
    json_put_text(object, "fingerprint", finding->fingerprint);
    json_put_text(object, "severity", finding->severity);
    json *location = json_put_object(object, "location");
    json_put_text(location, "path", text_inert(arena, finding->place.file));
    json *lines = json_put_object(location, "lines");
    json_put_number(lines, "begin", finding->place.line);
}

static void push_item(struct arena *arena, json *list, const struct report *report,
                      const struct report_item *item) {
    const char *waiver = item->waiver ? text_inert(arena, item->waiver) : NULL;
    const char *message =
        waiver ? text_format(arena, "%s; waiver %s", item->message, waiver) : item->message;
    const struct finding finding = {item->budget ? item->budget->id : "run", message,
                                    item_fingerprint(arena, item), severity_of(item),
                                    item_anchor(report, item)};
    push_finding(arena, list, &finding);
}

/* Waivers of budgets that no finding is about. */
static void push_waivers(struct arena *arena, json *list, const struct report *report) {
    struct report_waiver *waivers;
    size_t count = report_waivers(arena, report, &waivers);
    for (size_t i = 0; i < count; i++) {
        const struct report_waiver *waiver = &waivers[i];
        const char *id = waiver->budget->id;
        const char *name = text_format(arena, "waiver\n%s", id);
        const struct finding finding = {
            id, text_format(arena, "waiver %s", text_inert(arena, waiver->text)),
            sha256_text(arena, name, strlen(name)), waiver->level == DIAG_NOTE ? "info" : "minor",
            waiver->budget->waiver.place};
        if (!waiver->told) push_finding(arena, list, &finding);
    }
}

const char *report_gitlab(struct arena *arena, const struct report *report,
                          const struct report_text_options *options) {
    (void)options;
    struct report_item *items;
    size_t count = report_items(arena, report, &items);
    json *list = json_new_list();
    for (size_t i = 0; i < count; i++)
        if (severity_of(&items[i])) push_item(arena, list, report, &items[i]);
    push_waivers(arena, list, report);
    const char *text = json_write(arena, list);
    json_free(list);
    return text;
}
