/** Where the bytes of a file's functions go: by name, namespace and generic, what is double, what
 * nothing reaches, and what keeps what. */
#ifndef WASM_PROFILE_H
#define WASM_PROFILE_H

#include "wasm/file.h"
#include "wasm/graph.h"

/** What a profile is to hold; each costs time. */
enum wasm_profile_part {
    WASM_PROFILE_NAMES = 1,     /**< names, namespaces and source files */
    WASM_PROFILE_BODIES = 2,    /**< hashes and duplicates */
    WASM_PROFILE_RETAINED = 4,  /**< retained, callers, unreferenced; the file was read with
                                   WASM_DECODE */
    WASM_PROFILE_HASHES = 8,    /**< hashes without duplicates */
    WASM_PROFILE_GENERICS = 16, /**< generic names; with WASM_PROFILE_NAMES */
};

/** A function with a body. */
struct wasm_profiled {
    uint32_t unit;         /**< number of its module in the file */
    uint32_t index;        /**< in its module, imported functions counted */
    const char *name;      /**< demangled; "function-12" where nothing names it */
    const char *namespace; /**< see wasm_namespace; where that is nothing the source file,
                              else "(none)", or "(unnamed)" without a name */
    const char *source;    /**< source file by DWARF, or NULL */
    struct wasm_name raw;  /**< as the file, or its twin, has it: in the bytes of that; empty where
                              nothing names it */
    const char *generic;   /**< see wasm_generic_add; NULL without type arguments, or not wanted */
    bool named, reached, duplicate; /**< duplicate: an earlier body has the same bytes */
    uint32_t same_as;               /**< of a duplicate: number of the first with that body */
    uint64_t bytes, retained, hash;
};

/** Bytes of several functions that share something. */
struct wasm_share {
    const char *name;
    uint64_t bytes;
    uint64_t largest; /**< largest retained of them */
    size_t count;
};

/** Sorted by bytes, largest first, then by name, as far as was asked for. */
struct wasm_shares {
    struct wasm_share *items;
    size_t count;
};

struct wasm_profile {
    struct wasm_profiled *functions; /**< in the order of the file */
    size_t count;
    struct wasm_graph *graphs; /**< by unit; of components empty */
    size_t named;              /**< functions that something names */
    size_t sourced;            /**< functions whose source file is known */
    size_t twinned;            /**< functions that the twin has the body of */
    uint64_t bytes;            /**< of all functions */
    uint64_t duplicates;       /**< bytes of bodies that an earlier one equals */
    uint64_t unreferenced;     /**< bytes of functions that nothing reaches */
};

/** What a profile is made of. */
struct wasm_profile_request {
    const struct wasm_file *file;
    const struct wasm_file *symbols;  /**< an unstripped twin, or NULL: its names count where a
                                         module of the same number has the same body at the same
                                         index */
    const struct wasm_profile *known; /**< of much the same file, whose bytes are there, or NULL:
                                         names that it has are taken from it, not demangled again,
                                         and live in its arena */
    unsigned wanted;                  /**< enum wasm_profile_part, or-ed */
    struct thread_pool *pool;         /**< to work on; NULL: on the caller's thread alone */
};

struct wasm_profile wasm_profile_make(struct arena *arena,
                                      const struct wasm_profile_request *request);

/** Bytes of all of them. */
uint64_t wasm_shares_total(const struct wasm_shares *shares);

/** Joins items of one name, in place. The `top` largest come first, in order; those after them have
 * no order: lists of 60,000 names take long to sort. SIZE_MAX: all. */
struct wasm_shares wasm_shares_join(struct wasm_share *items, size_t count, size_t top);

/** As wasm_shares_join of items whose names differ anyway. */
struct wasm_shares wasm_shares_order(struct wasm_share *items, size_t count, size_t top);

/** Shares by name; an open hash table. */
struct wasm_share_table {
    struct wasm_share *items; /**< borrowed */
    uint32_t *slots;          /**< number of an item, plus one; 0: empty */
    uint64_t *hashes;         /**< of the items' names */
    size_t mask;
};

/** Of shares whose names differ, and do not change while they are looked up. */
struct wasm_share_table wasm_shares_table(struct arena *arena, const struct wasm_shares *shares);

/** The share of that name, or NULL. */
struct wasm_share *wasm_share_find(const struct wasm_share_table *table, const char *name);

/** The functions together by name or namespace, those with type arguments also by generic name;
 * `top` as for wasm_shares_join. */
struct wasm_shares wasm_profile_by_name(struct arena *arena, const struct wasm_profile *profile,
                                        size_t top);
struct wasm_shares wasm_profile_by_namespace(struct arena *arena,
                                             const struct wasm_profile *profile, size_t top);
struct wasm_shares wasm_profile_by_generic(struct arena *arena, const struct wasm_profile *profile,
                                           size_t top);

/** The functions by source file, those without one as "(unknown)"; empty where no file is known. */
struct wasm_shares wasm_profile_by_source(struct arena *arena, const struct wasm_profile *profile,
                                          size_t top);

/** Bodies that there are several of, by the name of the first: bytes of all but the first, and how
 * many there are; of a profile with WASM_PROFILE_BODIES and names. */
struct wasm_shares wasm_profile_by_body(struct arena *arena, const struct wasm_profile *profile,
                                        size_t top);

#endif
