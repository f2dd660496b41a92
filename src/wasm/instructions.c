#include "wasm/instructions.h"

#include "base/array.h"
#include "wasm/types.h"

enum { FRAMES_FIRST = 256, MEMARG_INDEX = 0x40, CATCH_KINDS = 4 };

static bool skip_index(struct wasm_reader *reader) {
    uint32_t index;
    return reader_u32(reader, &index);
}

static bool skip_indexes(struct wasm_reader *reader) {
    return skip_index(reader) && skip_index(reader);
}

void instructions_make_room(struct instructions *state) {
    size_t room = state->frame_room;
    state->frame_room = room ? 2 * room : FRAMES_FIRST;
    state->frames = arena_grow(state->arena, state->frames, room, state->frame_room);
}

static bool push(struct instructions *state, enum opcode_shape shape) {
    if (state->depth + 1 >= state->frame_room) instructions_make_room(state);
    state->frames[state->depth++] = (uint8_t)shape;
    return true;
}

/** A block type (section 5.4.1): empty, a value type, or an index of 33 signed bits. */
static bool block_type(struct wasm_reader *reader) {
    if (reader->at < reader->end) {
        uint8_t byte = reader->bytes[reader->at];
        if (byte == 0x40) {
            reader->at++;
            return true;
        }
        if ((byte & 0xc0) == 0x40) return types_value(reader);
    }
    size_t start = reader->at;
    int64_t index = 0;
    if (!reader_signed(reader, 33, &index)) return false;
    if (reader->features) *reader->features |= feature_bit(FEATURE_MULTIVALUE);
    return index >= 0 || reader_fail(reader, start, "malformed block type");
}

/** Alignment and flags, an optional memory index, an offset of 64 bits (section 5.4.6). */
static bool memory_operand(struct wasm_reader *reader, struct instructions *state) {
    size_t start = reader->at;
    uint32_t flags = 0;
    uint64_t offset;
    if (!reader_u32(reader, &flags)) return false;
    if (flags >= 2 * MEMARG_INDEX) return reader_fail(reader, start, "malformed memop flags");
    if ((flags & MEMARG_INDEX) != 0) {
        state->features |= UINT64_C(1) << FEATURE_MULTIMEMORY;
        if (!skip_index(reader)) return false;
    }
    if (reader->at < reader->end && reader->bytes[reader->at] < 0x80) {
        reader->at++;
        return true;
    }
    return reader_u64(reader, &offset);
}

void instructions_name(struct instructions *state, uint32_t index) {
    if (state->last_namer) {
        if (index >= state->function_room || state->last_namer[index] == state->body) return;
        state->last_namer[index] = state->body;
    }
    *array_add(state->arena, state->named, state->named_count) = index;
}

static bool name_function(struct wasm_reader *reader, struct instructions *state) {
    uint32_t index = 0;
    if (!reader_u32(reader, &index)) return false;
    instructions_name(state, index);
    return true;
}

static bool data_index(struct wasm_reader *reader, struct instructions *state, size_t start) {
    if (!state->data_at) state->data_at = start;
    return skip_index(reader);
}

static bool labels(struct wasm_reader *reader) {
    uint32_t count = 0;
    if (!reader_count(reader, &count)) return false;
    for (uint32_t i = 0; i < count; i++)
        if (!skip_index(reader)) return false;
    return skip_index(reader);
}

static bool values(struct wasm_reader *reader) {
    uint32_t count = 0;
    if (!reader_count(reader, &count)) return false;
    for (uint32_t i = 0; i < count; i++)
        if (!types_value(reader)) return false;
    return true;
}

/** catch and catch_ref have a tag and a label, catch_all and catch_all_ref a label. */
static bool catches(struct wasm_reader *reader) {
    uint32_t count = 0;
    if (!reader_count(reader, &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        size_t start = reader->at;
        uint8_t kind;
        if (!reader_byte(reader, &kind)) return false;
        if (kind >= CATCH_KINDS) return reader_fail(reader, start, "malformed catch clause");
        if (kind < 2 && !skip_index(reader)) return false;
        if (!skip_index(reader)) return false;
    }
    return true;
}

/** `on` tag label, or `on` tag switch (stack switching). */
static bool handlers(struct wasm_reader *reader) {
    uint32_t count = 0;
    if (!reader_count(reader, &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        size_t start = reader->at;
        uint8_t kind;
        if (!reader_byte(reader, &kind)) return false;
        if (kind > 1) return reader_fail(reader, start, "malformed resume handler");
        if (!skip_index(reader)) return false;
        if (kind == 0 && !skip_index(reader)) return false;
    }
    return true;
}

static bool cast(struct wasm_reader *reader) {
    size_t start = reader->at;
    uint8_t flags;
    if (!reader_byte(reader, &flags)) return false;
    if (flags > 3) return reader_fail(reader, start, "malformed cast flags");
    return skip_index(reader) && types_heap(reader) && types_heap(reader);
}

static bool small_byte(struct wasm_reader *reader, const char *reason) {
    size_t start = reader->at;
    uint8_t byte;
    if (!reader_byte(reader, &byte)) return false;
    return byte <= 1 || reader_fail(reader, start, reason);
}

/** Immediates of instructions that neither open nor part a block. */
static bool immediate(struct wasm_reader *reader, struct instructions *state,
                      enum opcode_shape shape, size_t start) {
    static const char ordering[] = "malformed memory ordering";
    switch (shape) {
    case OP_PLAIN:
        return true;
    case OP_LABELS:
        return labels(reader);
    case OP_VALUES:
        return values(reader);
    case OP_BYTES_4:
        return reader_skip(reader, 4);
    case OP_BYTES_8:
        return reader_skip(reader, 8);
    case OP_BYTES_16:
        return reader_skip(reader, 16);
    case OP_LANE:
        return reader_skip(reader, 1);
    case OP_FENCE:
        return small_byte(reader, ordering);
    case OP_MEMORY:
        return memory_operand(reader, state);
    case OP_MEMORY_LANE:
        return memory_operand(reader, state) && reader_skip(reader, 1);
    case OP_INDEX:
        return skip_index(reader);
    case OP_INDEXES:
        return skip_indexes(reader);
    case OP_FUNCTION:
        return name_function(reader, state);
    case OP_HEAP:
        return types_heap(reader);
    case OP_CAST:
        return cast(reader);
    case OP_DATA:
        return data_index(reader, state, start) && skip_index(reader);
    case OP_DATA_DROP:
        return data_index(reader, state, start);
    case OP_TYPE_DATA:
        return skip_index(reader) && data_index(reader, state, start);
    case OP_RESUME:
        return skip_index(reader) && handlers(reader);
    case OP_RESUME_THROW:
        return skip_indexes(reader) && handlers(reader);
    case OP_ATOMIC_INDEX:
        return small_byte(reader, ordering) && skip_index(reader);
    case OP_ATOMIC_INDEXES:
        return small_byte(reader, ordering) && skip_indexes(reader);
    case OP_ILLEGAL:
    case OP_BLOCK:
    case OP_IF:
    case OP_TRY:
    case OP_TRY_TABLE:
    case OP_ELSE:
    case OP_CATCH:
    case OP_CATCH_ALL:
    case OP_DELEGATE:
    case OP_END:
    case OP_S32:
    case OP_S64:
    case OP_PREFIX:
        break;
    }
    return reader_fail(reader, start, "illegal opcode");
}

static bool prefixed(struct wasm_reader *reader, struct instructions *state, size_t start) {
    enum wasm_feature feature = FEATURE_BASE;
    uint32_t code = 0;
    if (!reader_u32(reader, &code)) return false;
    enum opcode_shape shape = opcode_prefixed(reader->bytes[start], code, &feature);
    state->features |= UINT64_C(1) << feature;
    return immediate(reader, state, shape, start);
}

static bool is_try(uint8_t frame) {
    return frame == OP_TRY || frame == OP_CATCH;
}

/** The parts of a block that is open: `else` of an `if`, catches and `delegate` of a `try`. */
static bool part(struct wasm_reader *reader, struct instructions *state, enum opcode_shape shape,
                 size_t start) {
    uint8_t *top = state->depth ? &state->frames[state->depth - 1] : NULL;
    bool fits = top && (shape == OP_ELSE       ? *top == OP_IF
                        : shape == OP_DELEGATE ? *top == OP_TRY
                                               : is_try(*top));
    if (!fits) return reader_fail(reader, start, "an instruction outside of its block");
    *top = (uint8_t)(shape == OP_CATCH ? OP_CATCH : OP_BLOCK);
    if (shape == OP_DELEGATE) state->depth--;
    return shape == OP_ELSE || shape == OP_CATCH_ALL || skip_index(reader);
}

/** One instruction other than `end`. */
static bool instruction(struct wasm_reader *reader, struct instructions *state,
                        enum opcode_shape shape, size_t start) {
    int64_t number;
    if (shape == OP_FUNCTION) return name_function(reader, state);
    if (shape >= OP_BLOCK && shape <= OP_TRY_TABLE)
        return block_type(reader) && push(state, shape) &&
               (shape != OP_TRY_TABLE || catches(reader));
    if (shape >= OP_ELSE && shape <= OP_DELEGATE) return part(reader, state, shape, start);
    if (shape == OP_PREFIX) return prefixed(reader, state, start);
    if (shape == OP_S32 || shape == OP_S64)
        return reader_signed(reader, shape == OP_S32 ? 32 : 64, &number);
    return immediate(reader, state, shape, start);
}

enum instructions_step instructions_next(struct wasm_reader *reader, struct instructions *state) {
    size_t start = reader->at;
    if (start >= reader->end) {
        reader_fail(reader, reader->end, "END opcode expected");
        return INSTRUCTIONS_BAD;
    }
    uint8_t opcode = reader->bytes[reader->at++];
    enum opcode_shape shape = (enum opcode_shape)opcode_shapes[opcode];
    state->seen[opcode] = true;
    if (shape != OP_END)
        return instruction(reader, state, shape, start) ? INSTRUCTIONS_MORE : INSTRUCTIONS_BAD;
    if (state->depth == 0) return INSTRUCTIONS_END;
    state->depth--;
    return INSTRUCTIONS_MORE;
}

bool instructions_read(struct wasm_reader *reader, struct instructions *state) {
    enum instructions_step step = INSTRUCTIONS_MORE;
    state->depth = 0;
    while (step == INSTRUCTIONS_MORE) step = instructions_next(reader, state);
    return step == INSTRUCTIONS_END;
}

uint64_t instructions_features(const struct instructions *state) {
    uint64_t features = state->features | 1;
    for (unsigned opcode = 0; opcode < 256; opcode++)
        if (state->seen[opcode]) features |= UINT64_C(1) << opcode_feature((uint8_t)opcode);
    return features;
}

bool instructions_compute(const struct instructions *state) {
    static const uint8_t opcodes[] = {0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e};
    for (size_t i = 0; i < array_length(opcodes); i++)
        if (state->seen[opcodes[i]]) return true;
    return false;
}
