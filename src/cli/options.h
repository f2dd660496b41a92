/** argv to struct cli_options, by the table of rows. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/command.h"

/**
 * Reads the words after the command into cli->options and cli->arguments: `--name value`,
 * `--name=value`,
 * `-h -q -v`, `--` ends options, `-` is an argument. All mistakes go to cli->diags; false if there
 * was one.
 */
bool options_read(struct cli *cli, int count, char *const *words);

#endif
