/** Instructions of function bodies and of constant expressions, decoded one after the other without
 * recursion: for strictness, the features used, and the functions named. */
#ifndef WASM_INSTRUCTIONS_H
#define WASM_INSTRUCTIONS_H

#include "wasm/opcodes.h"

/** What decoding gathers; one for a whole module. Memory lives in `arena`. */
struct instructions {
    struct arena *arena;
    uint8_t *frames; /**< open blocks, enum opcode_shape each */
    size_t frame_room;
    uint64_t features; /**< bits, by enum wasm_feature, of prefixed opcodes and memory operands */
    bool seen[256];    /**< one-byte opcodes met */
    size_t data_at;    /**< where a data segment was first named by index; 0: nowhere */
    uint32_t *named;   /**< functions named by call and ref.func, in order */
    size_t named_count;
    uint32_t *last_namer;   /**< by function: the body that named it last, plus one; NULL: keep
                               doubles */
    uint32_t function_room; /**< entries of last_namer; names beyond it are not kept */
    uint32_t body;          /**< the body being decoded, plus one */
};

/**
 * Decodes instructions up to and with the `end` that closes them. Malformed: an opcode that is not
 * assigned, an immediate cut off or too large, `else` or `catch` out of place, no `end`.
 */
bool instructions_read(struct wasm_reader *reader, struct instructions *state);

/** Features as bits, one-byte opcodes included. */
uint64_t instructions_features(const struct instructions *state);

/** Whether what was read adds, subtracts or multiplies integers: of constants, that they are
 * extended ones. */
bool instructions_compute(const struct instructions *state);

#endif
