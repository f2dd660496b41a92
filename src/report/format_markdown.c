#include <string.h>

#include "base/units.h"
#include "report/formats.h"
#include "report/items.h"
#include "report/markdown.h"
#include "report/markdown_parts.h"
#include "report/meaning.h"
#include "report/sheet.h"
#include "report/table.h"
#include "report/waivers.h"

/* A comment on a pull request. GitHub takes 65,536 characters; bytes are counted here, of which
 * there are never fewer. What does not fit is counted and said. */
enum {
    FAILURES_BYTES = 48000,              /* up to here what is broken */
    PAGE_BYTES = REPORT_PAGE_MAX - 1000, /* up to here the rest; the last lines always fit behind */
    KEY_LONGEST = 120,
    LABEL_LONGEST = 160,
    PROSE_LONGEST = 1000,
    SENTENCE_LONGEST = 600,
};

struct page {
    struct text out;
    const struct report *report;
    const struct report_item *items;
    size_t count;
    size_t omitted_broken, omitted_rest;
};

static bool page_takes(struct page *page, const struct text *piece, size_t bytes) {
    if (page->out.length + piece->length > bytes) return false;
    text_add_bytes(&page->out, piece->data, piece->length);
    return true;
}

static void add_head(struct page *page) {
    const struct report *report = page->report;
    struct text *out = &page->out;
    enum outcome effect = report->verdicts->effect;
    text_add_format(out, "### %s ", outcome_sign(effect));
    if (report->set->project) {
        markdown_add(out, report->set->project, KEY_LONGEST);
        text_add(out, ": ");
    }
    text_add_format(out, "%s\n\nexit %d: %s · %s", report_counts(out->arena, report),
                    report->exit_code, exit_meaning(out->arena, report),
                    unit_show(out->arena, report->duration, PROBE_SECONDS));
    if (report->environment.revision) {
        text_add(out, " · ");
        markdown_add_code(out,
                          text_copy_bytes(out->arena, report->environment.revision,
                                          strnlen(report->environment.revision, 10)),
                          KEY_LONGEST);
    }
    const char *loudness = report_loudness(out->arena, report);
    text_add_format(out, "\n%s%s\n", loudness ? loudness : "", loudness ? "\n" : "");
}

/* "- ✗ `raw[*]` is 55.69 KB, limit ≤ 50 KB: ..." */
static void add_row(struct text *piece, const struct report_item *item) {
    struct place place = item_place(item);
    const char *range = item->row ? row_interval(piece->arena, item->row) : "";
    text_add_format(piece, "- %s ", outcome_sign(item->effect));
    markdown_add(piece, item->message, SENTENCE_LONGEST);
    if (*range) {
        text_add(piece, " · range ");
        markdown_add(piece, range, KEY_LONGEST);
    }
    if (item->row && item->row->settle) {
        text_add(piece, " · to settle it: ");
        markdown_add(piece, item->row->settle, KEY_LONGEST);
    }
    if (place.file) {
        text_add(piece, " · ");
        markdown_add_code(piece, text_format(piece->arena, "%s:%d", place.file, place.line),
                          LABEL_LONGEST);
    }
    text_add_char(piece, '\n');
}

static void add_field(struct text *piece, const char *name, const char *value) {
    if (!value || !*value) return;
    text_add_format(piece, "- **%s**: ", name);
    markdown_add(piece, value, PROSE_LONGEST);
    text_add_char(piece, '\n');
}

static void add_reasons(struct text *piece, const struct report *report, size_t index) {
    const struct budget *budget = &report->set->budgets[index];
    markdown_parts(piece, report, index);
    add_field(piece, "why", budget->why);
    add_field(piece, "fix", budget->fix);
    add_field(piece, "owner", budget->owner);
    text_add_char(piece, '\n');
}

static void add_title(struct text *piece, const struct report *report, size_t index) {
    const struct budget *budget = &report->set->budgets[index];
    text_add_format(piece, "#### %s ", outcome_sign(report->verdicts->budgets[index].effect));
    markdown_add_code(piece, budget->id, KEY_LONGEST);
    if (budget->title) {
        text_add_char(piece, ' ');
        markdown_add(piece, budget->title, LABEL_LONGEST);
    }
    text_add(piece, "\n\n");
}

/* A budget with broken rows: those, then what explains them. */
static void add_broken(struct page *page, size_t index) {
    struct arena *arena = page->out.arena;
    struct text reasons = text_begin(arena);
    bool begun = false;
    for (size_t i = 0; i < page->count; i++) {
        const struct report_item *item = &page->items[i];
        if (!item->budget || item->index != index || !item_is_broken(item)) continue;
        struct text piece = text_begin(arena);
        if (!begun) add_title(&piece, page->report, index);
        add_row(&piece, item);
        bool taken = page_takes(page, &piece, FAILURES_BYTES);
        page->omitted_broken += !taken;
        begun |= taken;
    }
    if (!begun) return;
    add_reasons(&reasons, page->report, index);
    if (!page_takes(page, &reasons, FAILURES_BYTES)) text_add_char(&page->out, '\n');
}

static bool budget_is_broken(const struct page *page, size_t index) {
    for (size_t i = 0; i < page->count; i++)
        if (page->items[i].budget && page->items[i].index == index &&
            item_is_broken(&page->items[i]))
            return true;
    return false;
}

static void add_failures(struct page *page) {
    const char *trouble = report_trouble(page->out.arena, page->report);
    if (trouble) {
        text_add(&page->out, "**The run itself**: ");
        markdown_add(&page->out, trouble, SENTENCE_LONGEST);
        text_add(&page->out, "\n\n");
    }
    for (int gravity = OUTCOME_COUNT - 1; gravity >= 0; gravity--)
        for (size_t i = 0; i < page->report->set->count; i++)
            if ((int)page->report->verdicts->budgets[i].effect == gravity &&
                budget_is_broken(page, i))
                add_broken(page, i);
}

static void add_cells(struct text *piece, const struct report_item *item) {
    struct arena *arena = piece->arena;
    const struct verdict_row *row = item->row;
    text_add_format(piece, "| %s %s | ", outcome_sign(item->effect), outcome_words[item->outcome]);
    markdown_add_code(piece, item->budget->id, KEY_LONGEST);
    text_add(piece, " | ");
    if (row) markdown_add_code(piece, row->limit->key, KEY_LONGEST);
    text_add(piece, " | ");
    markdown_add(piece, row ? row_observed(arena, row) : "", KEY_LONGEST);
    text_add(piece, " | ");
    markdown_add(piece, row ? row_bound(arena, row) : "", KEY_LONGEST);
    text_add(piece, " | ");
    markdown_add(piece,
                 row && row->outcome == OUTCOME_PASS ? row_headroom(arena, row)
                 : row                               ? row->reason
                                                     : item->message,
                 SENTENCE_LONGEST);
    text_add(piece, " |\n");
}

/* Each with its days left, so that nobody is surprised. */
static void add_waivers(struct page *page) {
    const char *before = "**Waivers**\n\n";
    struct report_waiver *waivers;
    size_t count = report_waivers(page->out.arena, page->report, &waivers);
    for (size_t i = 0; i < count; i++) {
        struct text piece = text_begin(page->out.arena);
        text_add_format(&piece, "%s- ", before);
        markdown_add_code(&piece, waivers[i].budget->id, KEY_LONGEST);
        text_add(&piece, ": ");
        markdown_add(&piece, waivers[i].text, PROSE_LONGEST);
        text_add_char(&piece, '\n');
        if (page_takes(page, &piece, PAGE_BYTES))
            before = "";
        else
            page->omitted_rest++;
    }
    if (!*before) text_add_char(&page->out, '\n');
}

static void add_rest(struct page *page) {
    size_t count = 0;
    for (size_t i = 0; i < page->count; i++) count += !item_is_broken(&page->items[i]);
    if (!count) return;
    text_add_format(&page->out,
                    "<details><summary>%zu %s</summary>\n\n"
                    "| verdict | budget | limit | measured | bound | |\n"
                    "| --- | --- | --- | ---: | --- | --- |\n",
                    count, page->count > count ? "more limits" : "limits");
    for (int gravity = OUTCOME_WAIVED; gravity >= 0; gravity--)
        for (size_t i = 0; i < page->count; i++) {
            if ((int)page->items[i].effect != gravity || item_is_broken(&page->items[i])) continue;
            struct text piece = text_begin(page->out.arena);
            add_cells(&piece, &page->items[i]);
            page->omitted_rest += !page_takes(page, &piece, PAGE_BYTES);
        }
    text_add(&page->out, "\n</details>\n");
}

static void add_omitted(struct page *page) {
    if (!page->omitted_broken && !page->omitted_rest) return;
    text_add_format(&page->out,
                    "\n**Cut to fit a comment**: %zu broken limits and %zu others are not shown; "
                    "the JSON report holds all.\n",
                    page->omitted_broken, page->omitted_rest);
}

const char *report_markdown(struct arena *arena, const struct report *report,
                            const struct report_text_options *options) {
    (void)options;
    struct report_item *items;
    struct page page = {.out = text_begin(arena), .report = report};
    page.count = report_items(arena, report, &items);
    page.items = items;
    add_head(&page);
    add_failures(&page);
    add_waivers(&page);
    add_rest(&page);
    add_omitted(&page);
    return page.out.data;
}
