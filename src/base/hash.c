#include "base/hash.h"

#include <xxhash.h>

#include "base/arena.h"

static struct hash128 from_library(XXH128_hash_t hash) {
    return (struct hash128){.high = hash.high64, .low = hash.low64};
}

static XXH3_state_t *state_of(struct hash_stream *stream) {
    return (XXH3_state_t *)(void *)stream;
}

struct hash128 hash128_of(const void *bytes, size_t length) {
    return from_library(XXH3_128bits(bytes, length));
}

struct hash_stream *hash_begin(void) {
    XXH3_state_t *state = XXH3_createState();
    if (!state || XXH3_128bits_reset(state) != XXH_OK) memory_exhausted();
    return (struct hash_stream *)(void *)state;
}

void hash_add(struct hash_stream *stream, const void *bytes, size_t length) {
    XXH3_128bits_update(state_of(stream), bytes, length);
}

struct hash128 hash_end(struct hash_stream *stream) {
    struct hash128 hash = from_library(XXH3_128bits_digest(state_of(stream)));
    XXH3_freeState(state_of(stream));
    return hash;
}
