/** Foreign text for XML and HTML: inert, and no markup. */
#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include "base/text.h"

/**
 * Adds foreign text as character data or inside a double-quoted attribute: control, bidi and
 * zero-width characters as text_inert writes them, `& < > " '` as references, and what XML 1.0 does
 * not allow at all (section 2.2: U+FFFE, U+FFFF) as \u{FFFE}. NULL adds nothing.
 */
void markup_add(struct text *out, const char *foreign);

/** Adds ` name="value"`, the value as markup_add writes it; nothing where it is NULL. */
void markup_attribute(struct text *out, const char *name, const char *value);

#endif
