#include "wasm/format.h"

#include <stdbool.h>
#include <string.h>

#include "base/array.h"

/** What files that were named by mistake begin with. */
static const struct {
    const char *name;
    size_t length;
    uint8_t bytes[6];
} formats[] = {
    {"gzip data", 2, {0x1f, 0x8b}},
    {"zstd data", 4, {0x28, 0xb5, 0x2f, 0xfd}},
    {"xz data", 6, {0xfd, '7', 'z', 'X', 'Z', 0}},
    {"a zip archive", 4, {'P', 'K', 3, 4}},
    {"an ELF file", 4, {0x7f, 'E', 'L', 'F'}},
    {"a PE file", 2, {'M', 'Z'}},
    {"a Mach-O file", 4, {0xcf, 0xfa, 0xed, 0xfe}},
    {"LLVM bitcode", 4, {'B', 'C', 0xc0, 0xde}},
    {"an archive of object files", 6, {'!', '<', 'a', 'r', 'c', 'h'}},
};

static bool looks_like_text(const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (bytes[i] < 0x20 && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '\t')
            return false;
    return true;
}

const char *wasm_other_format(const uint8_t *bytes, size_t length) {
    if (length == 0) return "an empty file";
    for (size_t i = 0; i < array_length(formats); i++)
        if (length >= formats[i].length && memcmp(bytes, formats[i].bytes, formats[i].length) == 0)
            return formats[i].name;
    return looks_like_text(bytes, length < 64 ? length : 64) ? "text" : "an unknown format";
}

const char *wasm_other_hint(const uint8_t *bytes, size_t length) {
    size_t at = 0;
    while (at < length && strchr(" \t\r\n", bytes[at]) && bytes[at] != 0) at++;
    bool text = at < length && (bytes[at] == '(' || bytes[at] == ';');
    if (text) return "the text format has no size of its own: make a module of it with wat2wasm";
    bool packed = length > 1 && bytes[0] == 0x1f && bytes[1] == 0x8b;
    return packed ? "name the file as it is before compression; gzip, brotli and zstd are metrics"
                  : NULL;
}
