#include "wasm/quick.h"

#include <endian.h>
#include <string.h>

enum {
    AHEAD = 8,                /* bytes of an instruction that are looked at */
    MEMARG_FLAGS = 0xc0 << 8, /* of the byte after the opcode: a memory index, or a long LEB128 */
    EMPTY_BLOCK = 0x40 << 8,  /* the block type without values */
    SECOND_BYTE = 0xff << 8,  /* the byte after the opcode */
    SECOND_LONG = 0x80 << 8,  /* where a LEB128 goes on after it */
    THIRD_LONG = 0x80 << 16,  /* likewise after the next byte */
    ANY = 0xff,               /* every opcode but 0 has some of these bits */
};

/** Ends of a LEB128 that begins after the opcode: within four bytes, too few for one to be too long
 * or too large for 32 bits, or within what is looked at, too few for 64 bits; and of one that
 * begins a byte later. */
#define ENDS_32 UINT64_C(0x0000008080808000)
#define ENDS_64 UINT64_C(0x8080808080808000)
#define ENDS_64_LATER UINT64_C(0x8080808080800000)

/** By shape; where there is none all is left to instructions_next, as are blocks with a type. */
static const struct rule {
    uint8_t length;
    int8_t opens;
    uint32_t set, odd;
    uint64_t ends;
} rules[OP_PREFIX + 1] = {
    [OP_PLAIN] = {.length = 1},
    [OP_INDEX] = {.length = 2, .odd = SECOND_LONG, .ends = ENDS_32},
    [OP_S32] = {.length = 2, .odd = SECOND_LONG, .ends = ENDS_32},
    [OP_S64] = {.length = 2, .odd = SECOND_LONG, .ends = ENDS_64},
    [OP_MEMORY] = {.length = 3, .odd = MEMARG_FLAGS | THIRD_LONG, .ends = ENDS_64_LATER},
    [OP_INDEXES] = {.length = 3, .odd = SECOND_LONG | THIRD_LONG},
    [OP_FUNCTION] = {.length = 2, .odd = ANY, .ends = ENDS_32},
    [OP_BLOCK] = {.length = 2, .opens = 1, .set = EMPTY_BLOCK, .odd = SECOND_BYTE},
    [OP_IF] = {.length = 2, .opens = 1, .set = EMPTY_BLOCK, .odd = SECOND_BYTE},
    [OP_TRY] = {.length = 2, .opens = 1, .set = EMPTY_BLOCK, .odd = SECOND_BYTE},
    [OP_END] = {.length = 1, .opens = -1},
};

void quick_make(struct quick *quick) {
    for (size_t opcode = 0; opcode < 256; opcode++) {
        const struct rule *rule = &rules[opcode_shapes[opcode]];
        quick->length[opcode] = rule->length;
        quick->set[opcode] = rule->set;
        quick->odd[opcode] = rule->length > 0 ? rule->odd : ANY;
        quick->ends[opcode] = rule->ends;
        quick->shape[opcode] = opcode_shapes[opcode];
        quick->opens[opcode] = rule->opens;
        quick->seen[opcode] = false;
    }
}

/** A body as registers hold it. */
struct lane {
    const uint8_t *at, *end; /* of the body, or sooner: AHEAD bytes can be read there */
    uint8_t *frames;
    size_t depth, room;
};

/** False where there are not enough bytes to look at. */
static bool lane_begin(const struct quick_body *body, struct lane *lane) {
    const struct wasm_reader *reader = &body->reader;
    const struct instructions *state = &body->state;
    if (body->readable < reader->at + AHEAD) return false;
    size_t end = body->readable - AHEAD;
    if (end > reader->end) end = reader->end;
    *lane = (struct lane){reader->bytes + reader->at, reader->bytes + end, state->frames,
                          state->depth, state->frame_room};
    return true;
}

static void lane_end(const struct lane *lane, struct quick_body *body) {
    body->reader.at = (size_t)(lane->at - body->reader.bytes);
    body->state.depth = lane->depth;
}

/** The number in `length` bytes, at most four, of a LEB128. */
static uint32_t number(uint64_t bytes, unsigned length) {
    bytes &= (UINT64_C(1) << 8 * length) - 1;
    return (uint32_t)((bytes & 0x7f) | (bytes & 0x7f00) >> 1 | (bytes & 0x7f0000) >> 2 |
                      (bytes & 0x7f000000) >> 3);
}

/** Length of an instruction that is not of the shortest form, or names a function; 0: not for here.
 */
static inline size_t longer(const struct quick *quick, const struct lane *lane,
                            struct instructions *state) {
    size_t opcode = *lane->at;
    uint64_t word;
    memcpy(&word, lane->at, sizeof word);
    word = le64toh(word);
    uint64_t ends = ~word & quick->ends[opcode];
    if (ends == 0) return 0;
    if (quick->shape[opcode] == OP_MEMORY && (word & MEMARG_FLAGS) != 0) return 0;
    unsigned immediates = (unsigned)__builtin_ctzll(ends) / 8;
    if (quick->shape[opcode] == OP_FUNCTION && lane->end - lane->at > (ptrdiff_t)immediates)
        instructions_name(state, number(word >> 8, immediates));
    return 1 + immediates;
}

/** Steps over one instruction; false: it is not for here. Inline, so that the lane is in registers.
 */
static inline bool step(struct quick *quick, struct lane *lane, struct instructions *state) {
    size_t opcode = *lane->at, length = quick->length[opcode];
    uint32_t word;
    memcpy(&word, lane->at, sizeof word);
    if (((le32toh(word) ^ quick->set[opcode]) & quick->odd[opcode]) != 0) {
        length = longer(quick, lane, state);
        if (length == 0) return false;
    }
    const uint8_t *next = lane->at + length;
    size_t depth = lane->depth + (size_t)quick->opens[opcode]; /* huge where none is open */
    if (next > lane->end || depth >= lane->room) return false;
    quick->seen[opcode] = true;
    lane->frames[lane->depth] = quick->shape[opcode]; /* in vain unless it opens a block */
    lane->depth = depth;
    lane->at = next;
    return true;
}

void quick_one(struct quick *quick, struct quick_body *body) {
    struct lane lane;
    if (!lane_begin(body, &lane)) return;
    while (step(quick, &lane, &body->state)) continue;
    lane_end(&lane, body);
}

struct quick_body *quick_two(struct quick *quick, struct quick_body *a, struct quick_body *b) {
    struct lane first, second;
    bool going = true;
    if (!lane_begin(a, &first)) return a;
    if (!lane_begin(b, &second)) return b;
    do {
        going = step(quick, &first, &a->state);
    } while (going && step(quick, &second, &b->state));
    lane_end(&first, a);
    lane_end(&second, b);
    return going ? b : a;
}
