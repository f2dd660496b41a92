/** Bodies of HTTP as they were before they were compressed (RFC 9110, section 8.4), bounded. */
#ifndef PROBES_DECOMPRESS_H
#define PROBES_DECOMPRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "net/span.h"

/** What browsers send in Accept-Encoding, and what decompress undoes. */
#define DECOMPRESS_CODINGS "gzip, deflate, br, zstd"
/** Codings on one body at most: more than one is hardly ever meant. */
enum { DECOMPRESS_CODINGS_MAX = 2 };

enum decompress_result {
    DECOMPRESS_DONE,
    DECOMPRESS_UNKNOWN, /**< a coding that is none of the above */
    DECOMPRESS_CORRUPT, /**< not what the coding says, cut short, or more behind its end */
    DECOMPRESS_LARGE,   /**< more than `limit` bytes, at any stage */
};

/** Bytes that decompress made; give them back with free. */
struct decompressed {
    char *bytes; /**< NULL where there are none */
    size_t size;
};

/**
 * Undoes one coding: "gzip" (also "x-gzip", RFC 1952, members in a row), "deflate" (zlib, and as
 * browsers do deflate without its header), "br" (RFC 7932), "zstd" (RFC 8878, windows up to 8 MiB).
 * Names in any case. `out` is untouched but for DONE. Takes at most about twice `limit` of memory.
 */
enum decompress_result decompress(struct net_span coding, struct net_span body, size_t limit,
                                  struct decompressed *out);

#endif
