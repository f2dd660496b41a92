/** A page of text for people: colours if wanted, columns that line up, lines that fit. */
#ifndef REPORT_SHEET_H
#define REPORT_SHEET_H

#include "base/text.h"
#include "report/report.h"

struct sheet {
    struct text out;
    const struct report_text_options *options;
    int columns;
};

enum paint { PAINT_NONE, PAINT_GOOD, PAINT_CARE, PAINT_BAD, PAINT_DIM, PAINT_BOLD };

/** Adds text in a colour; plain where the options ask for none. The text must be inert already. */
void sheet_paint(struct sheet *sheet, enum paint paint, const char *text);
/** Adds blanks, none where the count is negative. */
void sheet_blanks(struct sheet *sheet, int count);

enum align { ALIGN_LEFT, ALIGN_RIGHT };
/** Adds text in a column of that width; wider text is not cut. */
void sheet_cell(struct sheet *sheet, enum paint paint, enum align align, int width,
                const char *text);

/** The text cut to a width, with an ellipsis in its middle. */
const char *sheet_shorten(struct arena *arena, const char *text, int width);

/** Adds foreign text, made inert, from column `indent` on, wrapped between words. Ends the line. */
void sheet_wrap(struct sheet *sheet, int indent, const char *text);

/** `label` at column 4 and the wrapped text behind it; nothing where the text is NULL or empty. */
void sheet_field(struct sheet *sheet, const char *label, const char *text);

/** A bar of ten cells of which `share` (0 to 1) is filled. */
const char *sheet_bar(struct arena *arena, double share);

/** Sign and colour of an outcome. */
const char *outcome_sign(enum outcome outcome);
enum paint outcome_paint(enum outcome outcome);

#endif
