/** A fast 128-bit fingerprint of bytes, to know again what was seen before. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * XXH3, 128 bits, seed 0 (xxHash specification, version 0.8). Two different inputs meet by chance
 * once in 2^128; whoever chooses both inputs can make them meet, so this proves nothing about bytes
 * that an enemy wrote.
 */
struct hash128 {
    uint64_t high, low;
};

static inline bool hash128_equal(struct hash128 a, struct hash128 b) {
    return a.high == b.high && a.low == b.low;
}

/** Of bytes that are all there. */
struct hash128 hash128_of(const void *bytes, size_t length);

/** Of bytes that come in parts. Never NULL; ended by hash_end. */
struct hash_stream;
struct hash_stream *hash_begin(void);
void hash_add(struct hash_stream *stream, const void *bytes, size_t length);
/** The fingerprint of all that was added; the stream is gone. */
struct hash128 hash_end(struct hash_stream *stream);

#endif
