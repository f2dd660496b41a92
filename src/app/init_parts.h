/** What the parts of `init` share; private to src/app/init*.c. */
#ifndef APP_INIT_PARTS_H
#define APP_INIT_PARTS_H

#include "app/init.h"

/** Limits that one budget may have. */
enum { INIT_LIMITS_MAX = 2 };

struct init_limit {
    const char *key; /**< "gzip"; NULL: none */
    enum probe_unit unit;
    const char *fixed; /**< the bound, whatever is measured; NULL */
    double measured;   /**< of what is noisy the upper end of its interval, where it has one */
};

/** Something that was recognised. */
struct init_found {
    const char *id, *probe, *target; /**< the target below the folder, a command or a URL */
    const char *what;                /**< "scripts in dist" */
    const char *options;             /**< lines of the budget behind its target; NULL: none */
    bool executes;                   /**< measured only with `run` */
    bool tried;                      /**< what is limited follows from a first, short look */
    bool noisy;                      /**< what is measured again is not the same */
    struct init_limit limits[INIT_LIMITS_MAX];
    const char *problem; /**< why it could not be measured; NULL */
    bool unproven;       /**< that is noise, which another attempt may not meet */
};

struct initing {
    struct arena *arena;
    const struct init_request *request;
    const char *folder, *file; /**< absolute */
    struct init_found *found;
    size_t count;
    bool loud;            /**< tasks waited for a processor while something was measured */
    const char *loudness; /**< why times may be larger than they would be; NULL: it was quiet */
    struct diags *diags;
};

/** What a text of the budget file is for. */
enum init_stage {
    INIT_TRIAL,   /**< a short look at what is `tried`, to choose how to measure it */
    INIT_MEASURE, /**< limits that nothing can break */
    INIT_FINAL,   /**< what is written */
};

/** init_found.c: a new one; NULL where the target is there already, or there are too many. An id
 * that another has gets a number. */
struct init_found *init_add(struct initing *init, const char *id, const char *target);
/** The text of a file of the folder; NULL where there is none that can be read. */
const char *init_read(struct initing *init, const char *name, size_t *length);
/** Whether it is measured, so far as is known. */
bool init_measured(const struct initing *init, const struct init_found *found);

/** init_find.c: fills `found` with what is there. Files that cannot be read are not there. */
void init_find(struct initing *init);

/** init_targets.c: adds what Cargo and CMake have built. */
void init_find_targets(struct initing *init);
/** Adds a program, and its start, where it is built and its name means itself everywhere. */
void init_add_program(struct initing *init, const char *path, const char *source);

/** init_scripts.c: adds programs and scripts of package.json. */
void init_find_package(struct initing *init);

/** init_service.c: adds the service of the request; false with an error where the URL is none. */
bool init_find_service(struct initing *init);
/** Chooses the load of a service, by the slowest answer of the trial, in seconds. */
void init_service_load(struct init_found *found, double slowest);
/** Asks it a few times only, and limits the slowest answer: where nothing else can be proven. */
void init_service_few(struct init_found *found);
/** Options of its trial. */
extern const char *const init_service_trial;

/** init_measure.c: measures all that may be, until the file passes; false with an error where
 * nothing could be, or it was interrupted. *yaml is the file then. */
bool init_measure(struct initing *init, const char **yaml);

/** init_write.c: the budget file; of the last stage with what is not run as comments. Leaves out
 * what could not be measured. */
const char *init_yaml(struct initing *init, enum init_stage stage);
/** What was done, for people. */
const char *init_text(struct initing *init);

/** A limit as budget files write it: bytes plus 20 %, times plus 20 % and at least 5 ms, or, where
 * the machine was loud, twice as much, rounded up to two digits: "15KB", "120ms". */
const char *init_bound(struct arena *arena, double measured, enum probe_unit unit, bool loud);

#endif
