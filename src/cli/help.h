/** Help made from the tables of commands, options and exit codes. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "base/text.h"
#include "cli/command.h"

/** Help of one command, plain text, 80 columns. */
const char *help_command_text(struct arena *arena, const struct command *command);
/** The overview of all commands. */
const char *help_overview_text(struct arena *arena);
/** Adds `text` wrapped at `width` columns, every line indented by `indent` blanks; blank lines part
 * paragraphs. */
void help_add_wrapped(struct text *out, const char *text, size_t indent, size_t width);
/** "--time-limit TEXT" of an option row. */
const char *help_option_usage(struct arena *arena, const struct probe_option *row);

#endif
