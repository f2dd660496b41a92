#include "wasm/reader.h"

#include <string.h>

#include "base/text.h"

static const char too_long[] = "integer representation too long";
static const char too_large[] = "integer too large";

bool reader_skip(struct wasm_reader *reader, size_t count) {
    if (count > reader_left(reader)) return reader_fail(reader, reader->at, "length out of bounds");
    reader->at += count;
    return true;
}

static bool reader_unsigned(struct wasm_reader *reader, unsigned bits, uint64_t *value) {
    size_t start = reader->at;
    uint64_t sum = 0;
    for (unsigned shift = 0; shift < bits; shift += 7) {
        uint8_t byte;
        if (!reader_byte(reader, &byte)) return false;
        uint64_t low = byte & 0x7fu;
        bool last = shift + 7 >= bits;
        if (last && (byte & 0x80) != 0) return reader_fail(reader, start, too_long);
        if (last && low >> (bits - shift) != 0) return reader_fail(reader, start, too_large);
        sum |= low << shift;
        if ((byte & 0x80) == 0) {
            *value = sum;
            return true;
        }
    }
    return reader_fail(reader, start, too_long);
}

bool reader_u32_long(struct wasm_reader *reader, uint32_t *value) {
    uint64_t wide = 0;
    if (!reader_unsigned(reader, 32, &wide)) return false;
    *value = (uint32_t)wide;
    return true;
}

bool reader_u64(struct wasm_reader *reader, uint64_t *value) {
    return reader_unsigned(reader, 64, value);
}

/** The last byte's bits beyond the integer must all be copies of its sign. */
static bool sign_filled(uint64_t low, unsigned used) {
    uint64_t rest = low >> (used - 1);
    return rest == 0 || rest == 0x7fu >> (used - 1);
}

bool reader_signed(struct wasm_reader *reader, unsigned bits, int64_t *value) {
    size_t start = reader->at;
    uint64_t sum = 0;
    for (unsigned shift = 0; shift < bits; shift += 7) {
        uint8_t byte;
        if (!reader_byte(reader, &byte)) return false;
        uint64_t low = byte & 0x7fu;
        bool last = shift + 7 >= bits;
        if (last && (byte & 0x80) != 0) return reader_fail(reader, start, too_long);
        if (last && !sign_filled(low, bits - shift)) return reader_fail(reader, start, too_large);
        sum |= low << shift;
        if ((byte & 0x80) != 0) continue;
        if ((byte & 0x40) != 0 && shift + 7 < 64) sum |= UINT64_MAX << (shift + 7);
        *value = (int64_t)sum;
        return true;
    }
    return reader_fail(reader, start, too_long);
}

bool reader_count(struct wasm_reader *reader, uint32_t *count) {
    size_t start = reader->at;
    if (!reader_u32(reader, count)) return false;
    if (*count > reader_left(reader)) return reader_fail(reader, start, "length out of bounds");
    return true;
}

/** Length of the run of ASCII at `bytes`, found eight bytes at a time. */
static size_t ascii_run(const char *bytes, size_t length) {
    size_t at = 0;
    for (; at + 8 <= length; at += 8) {
        uint64_t word;
        memcpy(&word, bytes + at, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0) break;
    }
    while (at < length && (bytes[at] & 0x80) == 0) at++;
    return at;
}

bool reader_name(struct wasm_reader *reader, struct wasm_name *name) {
    uint32_t length = 0;
    if (!reader_count(reader, &length)) return false;
    const char *bytes = (const char *)reader->bytes + reader->at;
    for (size_t at = 0; at < length;) {
        at += ascii_run(bytes + at, length - at);
        if (at == length) break;
        unsigned code_point = 0;
        size_t step = text_utf8_length(bytes + at, length - at, &code_point);
        if (step == 0) return reader_fail(reader, reader->at + at, "malformed UTF-8 encoding");
        at += step;
    }
    *name = (struct wasm_name){bytes, length};
    reader->at += length;
    return true;
}
