#include <string.h>

#include "app/post_parts.h"
#include "base/file.h"
#include "base/text.h"
#include "report/items.h"
#include "report/markdown.h"
#include "report/table.h"

enum { DIGEST_SHOWN = 16, TOKEN_LONGEST = 4096 };

static const char *digest(struct arena *arena, const struct text *of) {
    return text_copy_bytes(arena, sha256_text(arena, of->data, of->length), DIGEST_SHOWN);
}

/* One comment for each gate: jobs with budget files or profiles of their own do not take turns in
 * one. */
static const char *gate_digest(struct arena *arena, const struct budget_set *set) {
    struct text gate = text_begin(arena);
    text_add_format(&gate, "%s\n%s\n", set->project ? set->project : "",
                    set->file_count ? set->files[0].path : "");
    for (size_t i = 0; i < set->profiles.count; i++)
        text_add_format(&gate, "%s\n", set->profiles.items[i]);
    return digest(arena, &gate);
}

/* Noisy figures differ each time and say nothing new while the verdict holds; exact ones do. */
static const char *state_digest(struct arena *arena, const struct report *report) {
    struct report_item *items;
    size_t count = report_items(arena, report, &items);
    struct text state = text_begin(arena);
    text_add_format(&state, "%d\n", report->exit_code);
    for (size_t i = 0; i < count; i++) {
        const struct verdict_row *row = items[i].row;
        text_add_format(&state, "%s %d %d", item_fingerprint(arena, &items[i]),
                        (int)items[i].outcome, (int)items[i].effect);
        if (row) text_add_format(&state, " %s", row_bound(arena, row));
        if (row && row->confidence >= 1) text_add_format(&state, " %s", row_observed(arena, row));
        text_add_char(&state, '\n');
    }
    return digest(arena, &state);
}

/* A command may have printed the token; in a comment nobody masks it. */
static const char *without(struct arena *arena, const char *page, const char *token) {
    struct text escaped = text_begin(arena);
    markdown_add(&escaped, token, TOKEN_LONGEST);
    return text_redact(arena, text_redact(arena, page, token), escaped.data);
}

struct post_page post_page_write(struct arena *arena, const struct report *report,
                                 const char *token) {
    const struct report_text_options plain = {.columns = 100};
    struct post_page page = {
        .marker = text_format(arena, "<!-- perfbudget %s ", gate_digest(arena, report->set)),
        .state = state_digest(arena, report),
    };
    const char *text = report_write(arena, report_format_find("markdown"), report, &plain);
    page.body =
        text_format(arena, "%s%s -->\n%s", page.marker, page.state, without(arena, text, token));
    return page;
}
