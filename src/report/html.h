/** The pieces of the HTML report; format_html.c puts them together. All foreign text that they are
 * given becomes inert text of the page: nothing of it is markup, and the page runs no script. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "base/text.h"
#include "report/report.h"

/** Adds foreign text, made inert and escaped for elements and quoted attributes. */
void html_text(struct text *out, const char *text);
/** `<tag>text</tag>`; nothing where the text is NULL or empty. */
void html_element(struct text *out, const char *tag, const char *text);
/** A row of a definition list; nothing where the text is NULL or empty. */
void html_term(struct text *out, const char *term, const char *text);

/** The style sheet: light and dark, narrow and wide. */
extern const char html_style[];

/** The section of one budget: limits, what is wrong and why, plots, tiles. */
void html_budget(struct text *out, const struct report *report, size_t index);

/** The bar of a row with its limit, for eyes only: every number of it stands beside it as text. */
void html_gauge(struct text *out, const struct verdict_row *row);

/** Of each noisy metric with a limit: how its samples are distributed, and how they went over time.
 */
void html_plots(struct text *out, const struct report *report, size_t index);

/** Tables of what the growth of compressed bytes went to, where that was estimated. */
void html_estimates(struct text *out, const struct report *report, size_t index);

/** Treemaps of what exact sizes are made of, where labels were measured. */
void html_tiles(struct text *out, const struct report *report, size_t index);

#endif
