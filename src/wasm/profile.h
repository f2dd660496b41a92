/** Where the bytes of a file's functions go: by name, namespace and generic, what is double, what
 * nothing reaches, and what keeps what. */
#ifndef WASM_PROFILE_H
#define WASM_PROFILE_H

#include "wasm/file.h"
#include "wasm/graph.h"

/** What a profile is to hold; each costs time. */
enum wasm_profile_part {
    WASM_PROFILE_NAMES = 1,    /**< names and namespaces */
    WASM_PROFILE_BODIES = 2,   /**< hashes and duplicates */
    WASM_PROFILE_HASHES = 8,   /**< hashes without duplicates */
    WASM_PROFILE_RETAINED = 4, /**< retained, callers, unreferenced; the file was read with
                                  WASM_DECODE */
};

/** A function with a body. */
struct wasm_profiled {
    uint32_t unit;                  /**< number of its module in the file */
    uint32_t index;                 /**< in its module, imported functions counted */
    const char *name;               /**< demangled; "function-12" where nothing names it */
    const char *namespace;          /**< see wasm_namespace; "(unnamed)" where nothing names it */
    bool named, reached, duplicate; /**< duplicate: an earlier body has the same bytes */
    uint64_t bytes, retained, hash;
};

/** Bytes of several functions that share something. */
struct wasm_share {
    const char *name;
    uint64_t bytes;
    uint64_t largest; /**< largest retained of them */
    size_t count;
};

/** Sorted by bytes, largest first, then by name. */
struct wasm_shares {
    struct wasm_share *items;
    size_t count;
};

struct wasm_profile {
    struct wasm_profiled *functions; /**< in the order of the file */
    size_t count;
    struct wasm_graph *graphs; /**< by unit; of components empty */
    size_t named;              /**< functions that something names */
    uint64_t bytes;            /**< of all functions */
    uint64_t duplicates;       /**< bytes of bodies that an earlier one equals */
    uint64_t unreferenced;     /**< bytes of functions that nothing reaches */
};

/**
 * Makes a profile of the wanted parts (enum wasm_profile_part, or-ed). `symbols`, NULL for none, is
 * an unstripped twin whose names count where a module of the same number has the same body at the
 * same index.
 */
struct wasm_profile wasm_profile_make(struct arena *arena, const struct wasm_file *file,
                                      const struct wasm_file *symbols, unsigned wanted);

/** Joins items of one name, in place, and sorts them. */
struct wasm_shares wasm_shares_join(struct wasm_share *items, size_t count);

/** The functions together by name, namespace or generic name. */
struct wasm_shares wasm_profile_by_name(struct arena *arena, const struct wasm_profile *profile);
struct wasm_shares wasm_profile_by_namespace(struct arena *arena,
                                             const struct wasm_profile *profile);
struct wasm_shares wasm_profile_by_generic(struct arena *arena, const struct wasm_profile *profile);

#endif
