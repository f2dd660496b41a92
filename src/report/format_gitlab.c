#include "base/text.h"
#include "report/formats.h"
#include "report/items.h"

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

static void push_item(struct arena *arena, json *list, const struct report *report,
                      const struct report_item *item) {
    struct place place = item_anchor(report, item);
    const char *id = item->budget ? item->budget->id : "run";
    const char *message = text_format(arena, "%s: %s", text_inert(arena, id), item->message);
    json *object = json_push(list, json_new_object());
    json_put_text(object, "description", message);
    json_put_text(object, "check_name", text_format(arena, "perfbudget/%s", text_inert(arena, id)));
    json_put_text(object, "fingerprint", item_fingerprint(arena, item));
    json_put_text(object, "severity", severity_of(item));
    json *location = json_put_object(object, "location");
    json_put_text(location, "path", text_inert(arena, place.file));
    json *lines = json_put_object(location, "lines");
    json_put_number(lines, "begin", place.line);
}

const char *report_gitlab(struct arena *arena, const struct report *report,
                          const struct report_text_options *options) {
    (void)options;
    struct report_item *items;
    size_t count = report_items(arena, report, &items);
    json *list = json_new_list();
    for (size_t i = 0; i < count; i++)
        if (severity_of(&items[i])) push_item(arena, list, report, &items[i]);
    const char *text = json_write(arena, list);
    json_free(list);
    return text;
}
