/** Options whose values are maps with rows of their own: phases, requests, what is expected. */
#ifndef SCHEMA_BIND_RECORDS_H
#define SCHEMA_BIND_RECORDS_H

#include "schema/bind.h"

/**
 * One value of an option of type PROBE_RECORDS, in any of its forms (enum probe_form), to structs
 * in the context's arena. A plain value where the table has a `bare` key stands for a map of that
 * key alone. All mistakes in one go, each at its own place; on failure *out is untouched.
 */
bool bind_records(const struct field_context *context, const struct probe_option *row,
                  const struct yaml_node *value, struct probe_records *out);

#endif
