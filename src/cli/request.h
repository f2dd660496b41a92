/** From the command line's options to the requests of the use cases. */
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H

#include "budget/budget.h"
#include "cli/command.h"

/** What to load: the command's arguments as files, and the options that shape loading. */
struct budget_request cli_budget_request(struct cli *cli);

/** Whether --format names a format, and standard output is free for it; else an error is added. */
bool cli_format_usable(struct cli *cli);

#endif
