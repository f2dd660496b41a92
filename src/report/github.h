/** Parts of GitHub's workflow commands that more than one writer needs; escaped as its toolkit does
 * (core, command.ts). */
#ifndef REPORT_GITHUB_H
#define REPORT_GITHUB_H

#include "base/text.h"

/** `name=value`, the value inert. */
void github_add_property(struct text *out, const char *name, const char *value);

/** Foreign text behind the second `::`, inert. */
void github_add_text(struct text *out, const char *text);

#endif
