/** Parts of SARIF 2.1.0 (OASIS Standard) that more than one writer needs. */
#ifndef REPORT_SARIF_H
#define REPORT_SARIF_H

#include "base/diag.h"
#include "base/json.h"

/** A new log with one run in it, which *run is set to; its owner frees it with json_free. */
json *sarif_begin(json **run);

/** A message object `name` of foreign text, inert: neither placeholder (3.11.5) nor link (3.11.6).
 * Nothing for NULL or "". */
void sarif_put_message(json *object, const char *name, const char *foreign);

/** `level` of a result or notification. */
void sarif_put_level(json *object, enum diag_level level);

/** `locations` of a result or notification; an empty list where there is no place. */
void sarif_put_location(struct arena *arena, json *result, struct place place);

#endif
