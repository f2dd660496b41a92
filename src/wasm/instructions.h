/** Instructions of function bodies and of constant expressions, decoded one after the other without
 * recursion: for strictness, the features used, and the functions named. */
#ifndef WASM_INSTRUCTIONS_H
#define WASM_INSTRUCTIONS_H

#include "wasm/opcodes.h"

/** What decoding gathers; one for a whole module. Memory lives in `arena`. */
struct instructions {
    struct arena *arena;
    uint8_t *frames;   /**< open blocks, enum opcode_shape each; there is room for one more */
    size_t frame_room; /**< bytes; 0: none yet */
    size_t depth;      /**< blocks that are open */
    uint64_t features; /**< bits, by enum wasm_feature, of prefixed opcodes and memory operands */
    bool *seen;        /**< of 256 one-byte opcodes: those met */
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

enum instructions_step {
    INSTRUCTIONS_MORE, /**< follow */
    INSTRUCTIONS_END,  /**< it was the `end` that closes them all */
    INSTRUCTIONS_BAD   /**< malformed, as above */
};

/** Decodes one instruction; `depth` is to be 0 before the first. */
enum instructions_step instructions_next(struct wasm_reader *reader, struct instructions *state);

/** Makes room for the first blocks, without which quick.h steps over nothing. */
void instructions_make_room(struct instructions *state);

/** Notes that the body names a function. */
void instructions_name(struct instructions *state, uint32_t index);

/** Features as bits, one-byte opcodes included. */
uint64_t instructions_features(const struct instructions *state);

/** Whether what was read adds, subtracts or multiplies integers: of constants, that they are
 * extended ones. */
bool instructions_compute(const struct instructions *state);

#endif
