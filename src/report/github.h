/** Parts of GitHub's workflow commands that more than one writer needs; escaped as its toolkit does
 * (core, command.ts). */
#ifndef REPORT_GITHUB_H
#define REPORT_GITHUB_H

#include "base/diag.h"
#include "base/text.h"

/** "::error file=a,line=1,col=2,": the beginning of an annotation; without a place "::error ". */
void github_begin(struct text *out, enum diag_level level, struct place place);

/** `name=value`, the value inert. */
void github_add_property(struct text *out, const char *name, const char *value);

/** Foreign text behind the second `::`, inert. */
void github_add_text(struct text *out, const char *text);

#endif
