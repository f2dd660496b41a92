#include <math.h>
#include <string.h>

#include "base/text.h"
#include "report/formats.h"
#include "report/items.h"
#include "report/table.h"

/* The Test Anything Protocol, version 14 (testanything.org/tap-version-14-specification). */

/* A description or a reason: `#` would begin a directive, `\` escapes it. */
static void add_words(struct text *out, const char *inert) {
    for (; *inert; inert++) {
        if (*inert == '#' || *inert == '\\') text_add_char(out, '\\');
        text_add_char(out, *inert);
    }
}

/* A double-quoted scalar of YAML. */
static void add_scalar(struct text *out, const char *key, const char *value) {
    if (!value || !*value) return;
    text_add_format(out, "  %s: \"", key);
    for (const char *c = text_inert(out->arena, value); *c; c++) {
        if (*c == '"' || *c == '\\') text_add_char(out, '\\');
        text_add_char(out, *c);
    }
    text_add(out, "\"\n");
}

static void add_diagnostic(struct text *out, const struct report_item *item) {
    text_add(out, "  ---\n");
    add_scalar(out, "message", item->message);
    text_add_format(out, "  severity: %s\n", outcome_words[item->effect]);
    if (item->row) {
        if (!isnan(item->row->observed))
            add_scalar(out, "found", row_observed(out->arena, item->row));
        add_scalar(out, "wanted", row_bound(out->arena, item->row));
        add_scalar(out, "range", row_interval(out->arena, item->row));
        add_scalar(out, "settle", item->row->settle);
    }
    add_scalar(out, "waiver", item->waiver);
    if (item->budget) {
        add_scalar(out, "why", item->budget->why);
        add_scalar(out, "fix", item->budget->fix);
    }
    add_scalar(out, "at", place_text(out->arena, item_place(item)));
    text_add(out, "  ...\n");
}

const char *report_tap(struct arena *arena, const struct report *report,
                       const struct report_text_options *options) {
    (void)options;
    struct report_item *items;
    size_t count = report_items(arena, report, &items);
    struct text out = text_begin(arena);
    text_add_format(&out, "TAP version 14\n1..%zu\n", count);
    for (size_t i = 0; i < count; i++) {
        const struct report_item *item = &items[i];
        bool skipped = item->outcome == OUTCOME_SKIPPED;
        text_add_format(&out, "%s %zu - ", item_is_broken(item) ? "not ok" : "ok", i + 1);
        add_words(&out, item->name);
        if (skipped) {
            text_add(&out, " # SKIP ");
            add_words(&out, item->message);
        }
        text_add_char(&out, '\n');
        if (!skipped && (item->outcome != OUTCOME_PASS || item->waiver)) add_diagnostic(&out, item);
    }
    return out.data;
}
