/** What follows each instruction's opcode, as tables: one decoder serves every proposal. */
#ifndef WASM_OPCODES_H
#define WASM_OPCODES_H

#include "wasm/features.h"
#include "wasm/reader.h"

/** The shape of an instruction: its immediates (WebAssembly Core Specification 3.0, section 5.4),
 * and whether it opens, splits or closes a block. */
enum opcode_shape {
    OP_ILLEGAL,
    OP_PLAIN, /**< from here to OP_MEMORY: none, one or two LEB128 of immediates */
    OP_INDEX,
    OP_S32,
    OP_S64,
    OP_MEMORY,
    OP_BLOCK,     /**< block type; opens */
    OP_IF,        /**< likewise, and takes one else */
    OP_TRY,       /**< likewise, and takes catches (legacy exceptions) */
    OP_TRY_TABLE, /**< block type and catch clauses; opens */
    OP_ELSE,
    OP_CATCH, /**< tag */
    OP_CATCH_ALL,
    OP_DELEGATE, /**< label; closes a try */
    OP_END,
    OP_INDEXES, /**< two */
    OP_LABELS,  /**< br_table */
    OP_VALUES,  /**< vector of value types */
    OP_BYTES_4,
    OP_BYTES_8,
    OP_BYTES_16,
    OP_LANE,
    OP_FENCE, /**< a byte that is 0 or 1 */
    OP_MEMORY_LANE,
    OP_FUNCTION,     /**< function index: an edge of the call graph */
    OP_HEAP,         /**< heap type */
    OP_CAST,         /**< flags, label, two heap types */
    OP_DATA,         /**< data index, memory index */
    OP_DATA_DROP,    /**< data index */
    OP_TYPE_DATA,    /**< type index, data index */
    OP_RESUME,       /**< type, handlers (stack switching) */
    OP_RESUME_THROW, /**< type, tag, handlers */
    OP_ATOMIC_INDEX, /**< ordering byte, index (shared-everything threads) */
    OP_ATOMIC_INDEXES,
    OP_PREFIX
};

/** Shapes of the one-byte opcodes. */
extern const uint8_t opcode_shapes[256];

/** The feature a one-byte opcode belongs to. */
enum wasm_feature opcode_feature(uint8_t opcode);

/** The shape of an opcode after a prefix byte (0xfb to 0xfe), and its feature. */
enum opcode_shape opcode_prefixed(uint8_t prefix, uint32_t code, enum wasm_feature *feature);

#endif
