/** The reference documents under docs/, made from the tables; committed, and proven fresh by a
 * test. */
#ifndef CLI_REFERENCE_H
#define CLI_REFERENCE_H

#include "probe/registry.h"

struct reference_document {
    const char *path; /**< below docs/ */
    const char *(*write)(struct arena *arena, const struct registry *registry);
};

/** All of them; ends with a NULL path. */
extern const struct reference_document reference_documents[];

#endif
