/** What the parts of `init` share; private to src/app/init*.c. */
#ifndef APP_INIT_PARTS_H
#define APP_INIT_PARTS_H

#include "app/init.h"

/** Metrics that one budget may limit. */
enum { INIT_METRICS_MAX = 2 };

/** Something that was recognised. */
struct init_found {
    const char *id, *probe, *target;       /**< the target below the folder */
    const char *what;                      /**< "scripts in dist" */
    const char *metrics[INIT_METRICS_MAX]; /**< limited; NULL: none */
    double measured[INIT_METRICS_MAX];     /**< bytes */
    const char *problem;                   /**< why it could not be measured; NULL */
};

struct initing {
    struct arena *arena;
    const struct init_request *request;
    const char *folder, *file; /**< absolute */
    struct init_found *found;
    size_t count;
    struct diags *diags;
};

/** init_find.c: fills `found` with what is there. Files that cannot be read are not there. */
void init_find(struct initing *init);

/** init_write.c: the budget file; with `probing`, one whose limits nothing can break. Leaves out
 * what could not be measured. */
const char *init_yaml(struct initing *init, bool probing);
/** What was done, for people. */
const char *init_text(struct initing *init);

/** A number of bytes plus 20 %, rounded up to two digits, as budget files write it: "15KB". */
const char *init_bound(struct arena *arena, double bytes);

#endif
