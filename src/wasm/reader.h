/** A bounded cursor over the bytes of a module: every read checks what is left first. */
#ifndef WASM_READER_H
#define WASM_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wasm/module.h"

/** Reads bytes[at] up to, not including, bytes[end]; the first problem found stays. */
struct wasm_reader {
    const uint8_t *bytes;
    size_t at, end;
    struct wasm_problem *problem;
    uint64_t *features; /**< bits of enum wasm_feature that are met are added; NULL: not asked */
};

static inline size_t reader_left(const struct wasm_reader *reader) {
    return reader->end - reader->at;
}

/** A reader of a part of what `outer` reads from. */
static inline struct wasm_reader reader_part(const struct wasm_reader *outer, size_t begin,
                                             size_t end) {
    return (struct wasm_reader){outer->bytes, begin, end, outer->problem, outer->features};
}

/** Notes a problem at `offset`; always false. */
static inline bool reader_fail(struct wasm_reader *reader, size_t offset, const char *reason) {
    if (!reader->problem->reason) *reader->problem = (struct wasm_problem){offset, reason};
    return false;
}

/** One byte. */
static inline bool reader_byte(struct wasm_reader *reader, uint8_t *byte) {
    if (reader->at >= reader->end) return reader_fail(reader, reader->at, "unexpected end");
    *byte = reader->bytes[reader->at++];
    return true;
}

/** Steps over bytes. */
bool reader_skip(struct wasm_reader *reader, size_t count);

/** Unsigned LEB128 of at most 32 or 64 bits (section 5.2.2); padding is allowed up to the longest
 * form. */
bool reader_u32_long(struct wasm_reader *reader, uint32_t *value);
static inline bool reader_u32(struct wasm_reader *reader, uint32_t *value) {
    if (reader->at >= reader->end || reader->bytes[reader->at] >= 0x80)
        return reader_u32_long(reader, value);
    *value = reader->bytes[reader->at++];
    return true;
}
bool reader_u64(struct wasm_reader *reader, uint64_t *value);

/** Signed LEB128 of `bits` (32, 33 or 64). */
bool reader_signed(struct wasm_reader *reader, unsigned bits, int64_t *value);

/** The length of a vector whose items take at least one byte each, so no longer than what is left.
 */
bool reader_count(struct wasm_reader *reader, uint32_t *count);

/** A name (section 5.2.4): a length and that many bytes of UTF-8. */
bool reader_name(struct wasm_reader *reader, struct wasm_name *name);

#endif
