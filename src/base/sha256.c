#include <sha2.h>

#include "base/file.h"

const char *sha256_text(struct arena *arena, const char *bytes, size_t length) {
    char *hex = arena_alloc(arena, SHA256_DIGEST_STRING_LENGTH);
    SHA256Data((const uint8_t *)bytes, length, hex);
    return hex;
}
