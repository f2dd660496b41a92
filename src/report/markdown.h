/** Foreign text for Markdown as GitHub and GitLab render it: only ever text. */
#ifndef REPORT_MARKDOWN_H
#define REPORT_MARKDOWN_H

#include "base/text.h"

/**
 * Adds foreign text as prose, inside a line and inside a table's cell: inert, punctuation that
 * means something to CommonMark or GFM behind a backslash, and an invisible word joiner (U+2060)
 * where a renderer would make a link or a mention of plain text: @name, #12, !12, $12, %12, ~name,
 * GH-12, :emoji:, URLs, www. and e-mail addresses. At most `longest` characters, then an ellipsis.
 * NULL adds nothing.
 */
void markdown_add(struct text *out, const char *foreign, size_t longest);

/** Adds foreign text as a code span that stands in a table's cell too: inert, with fences longer
 * than any run of backticks in it. A bar becomes U+2502, as no way to write it suits both cells and
 * prose. */
void markdown_add_code(struct text *out, const char *foreign, size_t longest);

#endif
