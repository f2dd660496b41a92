/** What kind of file it is, by its first bytes. */
#ifndef WASM_FORMAT_H
#define WASM_FORMAT_H

#include <stddef.h>
#include <stdint.h>

/** What a file holds, by its first eight bytes. */
enum wasm_preamble {
    WASM_IS_MODULE,
    WASM_IS_COMPONENT,
    WASM_IS_UNKNOWN, /**< the magic, but another version or layer */
    WASM_IS_NOT      /**< no magic */
};

/** What the first bytes say. */
enum wasm_preamble wasm_preamble_read(const uint8_t *bytes, size_t length);

/** What a file without the magic looks like: "gzip data", "text", "an empty file". Static text. */
const char *wasm_other_format(const uint8_t *bytes, size_t length);

/** What to do about such a file, or NULL. Static text. */
const char *wasm_other_hint(const uint8_t *bytes, size_t length);

#endif
