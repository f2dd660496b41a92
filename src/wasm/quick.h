/** The commonest instructions of function bodies, stepped over by table. Where an instruction
 * begins is known once the one before it was looked up, and this wait is most of what reading a
 * body takes. So two bodies are read in turn: one goes on while the other waits. */
#ifndef WASM_QUICK_H
#define WASM_QUICK_H

#include "wasm/instructions.h"

/** By one-byte opcode, what stepping over it needs. An instruction has the shortest form of its
 * shape, each immediate in one byte, where (its first four bytes ^ set) & odd is 0. */
struct quick {
    uint8_t length[256]; /**< bytes of the shortest form */
    uint32_t set[256], odd[256];
    uint64_t ends[256]; /**< of the first eight bytes, bits one of which is clear in the last byte
                           of a longer form; 0: a longer form is not for here */
    uint8_t shape[256]; /**< enum opcode_shape */
    int8_t opens[256];  /**< blocks; -1: closes one */
    bool seen[256];     /**< opcodes met, as in struct instructions */
};

/** Fills the tables; nothing is seen. */
void quick_make(struct quick *quick);

/** A body that is being read. */
struct quick_body {
    struct wasm_reader reader;
    struct instructions state; /**< `seen` is that of the tables it is read with */
    size_t readable;           /**< offset up to which there are bytes, of whatever */
};

/** Steps over the commonest instructions, up to one that is left to instructions_next. */
void quick_one(struct quick *quick, struct quick_body *body);

/** Likewise in two bodies until one of them comes to such an instruction: that one. */
struct quick_body *quick_two(struct quick *quick, struct quick_body *a, struct quick_body *b);

#endif
