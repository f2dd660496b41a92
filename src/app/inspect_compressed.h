/** What the bytes of a compressed file went to: each section, namespace and function estimated by
 * compressing the file with and without it. */
#ifndef APP_INSPECT_COMPRESSED_H
#define APP_INSPECT_COMPRESSED_H

#include "app/inspect.h"
#include "base/json.h"

/**
 * One name. Compressed bytes are those of the whole less those of the file without the name's
 * bytes: an estimate, as what stands twice costs little in either place. They may be negative, and
 * those of all names do not add up to the whole.
 */
struct compressed_part {
    const char *name;
    uint64_t raw, raw_before; /**< bytes; 0: not there. `raw_before` only with another file */
    double bytes, before;     /**< compressed; likewise */
    bool tried;               /**< time sufficed */
};

/** Sorted by bytes, or with another file by the size of the change, largest first. */
struct compressed_list {
    const char *title; /**< "sections" */
    struct compressed_part *items;
    size_t count; /**< those that were tried */
    size_t all;   /**< names there are, or that changed */
};

enum { COMPRESSED_LISTS = 3 /**< sections, namespaces, functions */ };

struct compressed {
    bool compared;          /**< with another file */
    const char *encoding;   /**< "gzip" */
    const char *method;     /**< "zlib 1.2.13 level 9" */
    uint64_t bytes, before; /**< of the whole file; `before` of the other one */
    bool whole;             /**< time sufficed for those two */
    struct compressed_list lists[COMPRESSED_LISTS];
};

/**
 * Takes the request's file apart by names and bodies alone, and likewise `against`, and compresses
 * it, on all cores and as far as time suffices (`deadline`). Of each list the `top` largest names
 * are tried, or with another file those that changed most. No file is held in memory meanwhile.
 * Names live in `arena`. Errors: no such encoding, its library failed, a file that is none.
 */
bool inspect_compress(struct arena *arena, const struct inspect_request *request,
                      struct compressed *compressed, struct diags *diags);

/** The lists as a part of the text, as an object, and as values of the columns that CSV has more.
 */
void compressed_text(struct text *out, const struct compressed *compressed);
json *compressed_json(const struct compressed *compressed);
void compressed_csv(struct text *out, const struct compressed *compressed);

#endif
