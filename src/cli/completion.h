/** Completion scripts for shells, made from the tables. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "base/arena.h"

const char *completion_bash(struct arena *arena);
const char *completion_zsh(struct arena *arena);
const char *completion_fish(struct arena *arena);

#endif
