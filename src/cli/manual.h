/** The man page, made from the tables of commands, options and exit codes. */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "base/arena.h"

/** perfbudget(1) in man(7) macros. */
const char *manual_page(struct arena *arena);

#endif
