/** The one place that prints: diagnostics to standard error, results to standard output. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "base/diag.h"
#include "base/log_guard.h"
#include "base/term.h"

/** Prints all diagnostics to standard error: place, level, message, code, source line, caret, hint.
 */
void show_diags(const struct diags *diags, enum term_when colour);

/** Writes text to standard output, all of it, or adds an error (class internal). */
bool show_text(const char *text, struct diags *diags);

/** The same for text that holds words from data: what a CI system would take for a command is made
 * inert. */
bool show_guarded(const char *text, const struct log_guard *guard, struct diags *diags);

#endif
