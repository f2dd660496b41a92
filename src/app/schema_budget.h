/** The budget file described by its own tables: JSON Schema for editors, reference for people. */
#ifndef APP_SCHEMA_BUDGET_H
#define APP_SCHEMA_BUDGET_H

#include "probe/registry.h"

/** JSON Schema (draft 2020-12) of a budget file with the probes of `registry`, with a final
 * newline. */
const char *schema_budget_json(struct arena *arena, const struct registry *registry);

/** Markdown reference of every key. */
const char *schema_budget_markdown(struct arena *arena, const struct registry *registry);

#endif
