/** What the growth of compressed bytes went to, in words shared by the formats for people. */
#ifndef REPORT_ESTIMATES_H
#define REPORT_ESTIMATES_H

#include "base/text.h"
#include "report/report.h"

/** The estimates that belong to a row of budget `index`: those of its metric whose file its labels
 * match, if the row is broken. Those of a row before it count for both. NULL: none. */
const struct size_estimate *estimate_of(const struct report *report, size_t index, size_t row);

/** The parts of one kind that begin at `from`: how many there are. */
size_t estimate_kind(const struct size_estimate *estimate, size_t from);

/** "by function: +7.9 KB core::fmt, -80 B app::main (gone)" of those parts; names by `name`. */
void estimate_words(struct text *out, const struct size_estimate *estimate, size_t from,
                    void (*name)(struct text *out, const char *name));

/** "estimated by compressing app.wasm with and without each; 12 more that changed were not tried",
 * or why there are none. */
const char *estimate_note(struct arena *arena, const struct size_estimate *estimate);

#endif
