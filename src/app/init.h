/** The first budget file of a project: what is built there, measured, with room above it. */
#ifndef APP_INIT_H
#define APP_INIT_H

#include "app/check.h"

/** Bounds on what is looked through, listed by `perfbudget limits`. */
enum { INIT_FILES_MAX = 20000, INIT_BYTES_MAX = 1024 * 1024, INIT_BUDGETS_MAX = 100 };

struct init_request {
    const char *folder;           /**< of the project, as the user named it */
    const char *file;             /**< to write; NULL: perfbudget.yaml in the folder */
    const char *url;              /**< of a running service; NULL: none */
    bool force;                   /**< overwrite the file */
    bool run;                     /**< start programs and scripts, to measure them */
    struct budget_request budget; /**< its registry, directory and day */
    int cancel_fd;
    const struct check_request *watched; /**< whose observer sees every run; NULL */
};

/**
 * Looks for WebAssembly, scripts and styles in the usual output folders, for what Cargo and CMake
 * have built, and for programs and scripts of package.json; measures with the probes; writes limits
 * at what was measured plus 20 %, rounded up to two digits; and checks the file before it is
 * written. Programs and scripts are started only with `run`: otherwise the file holds their budgets
 * as comments. A service on this machine is asked some hundred times, one elsewhere ten
 * times; each twice. *told says what was done, in the arena. False with an error where the file is
 * there already (without `force`), the URL is none, nothing was recognised or could be measured, or
 * the file cannot be written.
 */
bool init_run(struct arena *arena, const struct init_request *request, const char **told,
              struct diags *diags);

#endif
