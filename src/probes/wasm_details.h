/** What of a module is dear to find out, and is so only where a limit needs it: functions,
 * namespaces, duplicates, what nothing reaches, what keeps what, and violated lists. */
#ifndef PROBES_WASM_DETAILS_H
#define PROBES_WASM_DETAILS_H

#include "probes/wasm_config.h"
#include "wasm/profile.h"

/** What functions of one name are known again by. */
struct wasm_identity {
    const char *namespace;
    uint64_t bodies; /**< hashes of their bodies together */
    bool nameless;   /**< nothing names them but their number */
};

struct wasm_details {
    struct wasm_shares functions, namespaces;
    const struct wasm_identity *identities; /**< by function of the list */
    uint64_t duplicates, unreferenced;
    size_t named_from_twin, count; /**< functions that the twin has the body of, and all */
    struct wasm_violations imports, features, exports;
    const char **notes; /**< what is wrong inside of custom sections: never a reason to fail */
    size_t note_count;
};

/** The parts of a profile (enum wasm_profile_part) that the run's limits need. */
unsigned wasm_details_wanted(struct probe_run *run);

/** What to find out. */
struct wasm_details_request {
    const struct wasm_config *config;
    const struct wasm_file *symbols; /**< an unstripped twin, or NULL */
    unsigned wanted;                 /**< of wasm_details_wanted */
    struct thread_pool *pool;        /**< whose threads work */
};

/** Finds out; any thread. Texts live in `arena`. */
void wasm_details_find(struct arena *arena, const struct wasm_file *file,
                       const struct wasm_details_request *request, struct wasm_details *details);

/** Emits what was wanted, for the file of that label. */
void wasm_details_emit(struct probe_run *run, const char *file, const struct wasm_details *details);

#endif
