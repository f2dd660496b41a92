/** What grew, or what is largest, as lines of a Markdown list. */
#ifndef REPORT_MARKDOWN_PARTS_H
#define REPORT_MARKDOWN_PARTS_H

#include "base/text.h"
#include "report/report.h"

/** Adds an item a kind of parts of every limit of budget `index` that is broken: what changed where
 * earlier code is known and differs, else the largest parts. At most five parts an item; the rest
 * is counted. */
void markdown_parts(struct text *out, const struct report *report, size_t index);

#endif
