/** The first budget file of a project: what is built there, measured, with room above it. */
#ifndef APP_INIT_H
#define APP_INIT_H

#include "base/diag.h"
#include "budget/request.h"

/** Bounds on what is looked through, listed by `perfbudget limits`. */
enum { INIT_FILES_MAX = 20000, INIT_BYTES_MAX = 1024 * 1024, INIT_BUDGETS_MAX = 100 };

struct init_request {
    const char *folder;           /**< of the project, as the user named it */
    const char *file;             /**< to write; NULL: perfbudget.yaml in the folder */
    bool force;                   /**< overwrite it */
    struct budget_request budget; /**< its registry, directory and day */
    int cancel_fd;
};

/**
 * Looks for WebAssembly, scripts and styles in the usual output folders, and for programs that
 * package.json, Cargo.toml and CMakeLists.txt name and that are built; measures their bytes with
 * the probes; writes limits at what was measured plus 20 %, rounded up to two digits; and checks
 * the file before it is written. Runs nothing. *told says what was done, in the arena. False with
 * an error where the file is there already (without `force`), nothing was recognised or could be
 * measured, or the file cannot be written.
 */
bool init_run(struct arena *arena, const struct init_request *request, const char **told,
              struct diags *diags);

#endif
