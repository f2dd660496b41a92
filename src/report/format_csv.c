#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "report/formats.h"
#include "report/items.h"
#include "report/words.h"

/* RFC 4180: commas, CRLF, quotes doubled. */

/* A spreadsheet takes a cell that starts so for a formula, also behind blanks and quotes (OWASP,
 * CSV Injection). */
static bool is_formula(const char *cell) {
    static const char *const wide[] = {"＝", "＋", "－", "＠"};
    while (*cell == ' ' || *cell == '\'' || *cell == '"') cell++;
    if (*cell && strchr("=+-@|", *cell)) return true;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (text_starts(cell, wide[i])) return true;
    return false;
}

static void add_cell(struct text *out, const char *cell) {
    const char *inert = cell ? text_inert(out->arena, cell) : "";
    bool formula = is_formula(inert);
    bool quoted = formula || strpbrk(inert, ",;\"' ") != NULL;
    if (quoted) text_add_char(out, '"');
    if (formula) text_add_char(out, '\''); /* makes it text */
    for (; *inert; inert++) {
        if (*inert == '"') text_add_char(out, '"');
        text_add_char(out, *inert);
    }
    if (quoted) text_add_char(out, '"');
    text_add_char(out, ',');
}

/* A number of our own, which is no formula; empty where there is none. */
static void add_number(struct text *out, double number) {
    if (!isnan(number)) text_add(out, number_text(out->arena, number));
    text_add_char(out, ',');
}

static void add_row(struct text *out, const struct verdict_row *row) {
    static const struct limit none = {.bound = NAN};
    const struct limit *limit = row ? row->limit : &none;
    add_cell(out, row ? limit->key : "");
    add_cell(out, row ? words_kind.items[limit->kind] : "");
    add_cell(out, row ? words_operator.items[limit->operator] : "");
    add_number(out, limit->bound);
    add_cell(out, !row ? "" : limit->relative ? "true" : "false");
    add_cell(out, row ? words_unit.items[limit->unit] : "");
    add_number(out, row ? row->observed : NAN);
    add_number(out, row ? row->headroom : NAN);
    add_number(out, row ? row->low : NAN);
    add_number(out, row ? row->high : NAN);
    add_number(out, row ? row->confidence : NAN);
    add_number(out, row ? row->baseline : NAN);
    add_number(out, row ? row->change : NAN);
}

static void add_item(struct text *out, const struct report_item *item) {
    struct place place = item_place(item);
    add_cell(out, item->budget ? item->budget->id : "");
    add_row(out, item->row);
    add_cell(out, outcome_words[item->outcome]);
    add_cell(out, outcome_words[item->effect]);
    add_cell(out, item->row ? item->row->reason : item->message);
    add_cell(out, item->budget ? item->budget->owner : "");
    add_cell(out, place.file);
    add_number(out, place.line > 0 ? place.line : NAN);
    add_cell(out, item->waiver);
    out->data[--out->length] = '\0'; /* no comma behind the last */
    text_add(out, "\r\n");
}

const char *report_csv(struct arena *arena, const struct report *report,
                       const struct report_text_options *options) {
    (void)options;
    struct report_item *items;
    size_t count = report_items(arena, report, &items);
    struct text out = text_begin(arena);
    text_add(&out,
             "budget,limit,kind,operator,bound,relative,unit,observed,headroom,low,high,confidence,"
             "baseline,change,verdict,effect,reason,owner,file,line,waiver\r\n");
    for (size_t i = 0; i < count; i++) add_item(&out, &items[i]);
    return out.data;
}
