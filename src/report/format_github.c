#include <string.h>

#include "base/text.h"
#include "report/formats.h"
#include "report/github.h"
#include "report/items.h"
#include "report/meaning.h"
#include "report/table.h"
#include "report/waivers.h"

/* Workflow commands of GitHub Actions, one annotation a line, the gravest first as a step shows
 * only ten errors and ten warnings. The rules of escaping are those of its toolkit (core,
 * command.ts). */

static void add_special(struct text *out, const char *foreign, const char *special) {
    for (const char *c = text_inert(out->arena, foreign); *c; c++) {
        if (*c == '%' || strchr(special, *c))
            text_add_format(out, "%%%02X", (unsigned)(unsigned char)*c);
        else
            text_add_char(out, *c);
    }
}

void github_begin(struct text *out, enum diag_level level, struct place place) {
    static const char *const commands[] = {"notice", "warning", "error"};
    text_add_format(out, "::%s ", commands[level]);
    if (!place.file) return;
    github_add_property(out, "file", place.file);
    if (place.line > 0)
        text_add_format(out, ",line=%d,col=%d", place.line, place.column > 0 ? place.column : 1);
    text_add_char(out, ',');
}

void github_add_property(struct text *out, const char *name, const char *value) {
    text_add_format(out, "%s=", name);
    add_special(out, value, ":,");
}

void github_add_text(struct text *out, const char *text) {
    add_special(out, text, "");
}

static void add_line(struct text *out, const char *name, const char *value) {
    if (!value || !*value) return;
    text_add_format(out, "%%0A%s: ", name);
    github_add_text(out, value);
}

static void add_item(struct text *out, const struct report_item *item) {
    enum diag_level level;
    if (!item_level(item, &level)) return;
    github_begin(out, level, item_place(item));
    github_add_property(
        out, "title", text_format(out->arena, "%s: %s", outcome_words[item->outcome], item->name));
    text_add(out, "::");
    github_add_text(out, item->message);
    if (item->row) {
        add_line(out, "range", row_interval(out->arena, item->row));
        add_line(out, "settle", item->row->settle);
    }
    add_line(out, "waiver", item->waiver);
    if (item->budget) {
        add_line(out, "why", item->budget->why);
        add_line(out, "fix", item->budget->fix);
        add_line(out, "owner", item->budget->owner);
    }
    text_add_char(out, '\n');
}

/* Waivers of budgets that no annotation is about: expired, not needed any more. */
static void add_waivers(struct text *out, const struct report *report) {
    struct report_waiver *waivers;
    size_t count = report_waivers(out->arena, report, &waivers);
    for (size_t i = 0; i < count; i++) {
        const struct budget *budget = waivers[i].budget;
        if (waivers[i].told) continue;
        github_begin(out, waivers[i].level, budget->waiver.place);
        github_add_property(out, "title", text_format(out->arena, "waiver: %s", budget->id));
        text_add(out, "::");
        github_add_text(out, waivers[i].text);
        text_add_char(out, '\n');
    }
}

const char *report_github(struct arena *arena, const struct report *report,
                          const struct report_text_options *options) {
    (void)options;
    struct report_item *items;
    size_t count = report_items(arena, report, &items);
    struct text out = text_begin(arena);
    for (int gravity = OUTCOME_COUNT - 1; gravity >= 0; gravity--)
        for (size_t i = 0; i < count; i++)
            if ((int)items[i].effect == gravity) add_item(&out, &items[i]);
    add_waivers(&out, report);
    text_add_format(&out, "perfbudget: %s, exit %d\n", report_counts(arena, report),
                    report->exit_code);
    return out.data;
}
