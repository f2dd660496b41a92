/** Keeps printed text from being taken for a command by the CI system that reads the log. */
#ifndef BASE_LOG_GUARD_H
#define BASE_LOG_GUARD_H

#include "base/arena.h"

/** What stands in a text for a character that could begin a command. Both or either may be NULL:
 * left as it is. */
struct log_guard {
    const char *hash;  /**< for the second `#` of `##` */
    const char *colon; /**< for the first `:` of a `::` that a line starts with */
};

extern const struct log_guard log_guard_text;   /**< \x23 and \x3a, as text_inert writes bytes */
extern const struct log_guard log_guard_own;    /**< \x23 alone: its commands are meant */
extern const struct log_guard log_guard_json;   /**< \u0023; no line of JSON starts with a colon */
extern const struct log_guard log_guard_markup; /**< &#35; and &#58;, for XML and Markdown */

/**
 * The text with every such place replaced; the text itself where there is none. GitHub's runner
 * takes a line that starts with `::`, blanks aside, and any line that holds `##[`, for a command
 * (actions/runner, ActionCommand.cs); Azure Pipelines `##vso[`, TeamCity `##teamcity[`.
 */
const char *log_guarded(struct arena *arena, const char *text, const struct log_guard *guard);

#endif
