#include "wasm/opcodes.h"

#include "base/array.h"

/** By opcode (section 5.4 and appendix "Index of Instructions"; legacy exceptions; stack
 * switching, 0xe0 to 0xe6). */
const uint8_t opcode_shapes[256] = {
    [0x00] = OP_PLAIN,    [0x01] = OP_PLAIN,   [0x02] = OP_BLOCK,    [0x03] = OP_BLOCK,
    [0x04] = OP_IF,       [0x05] = OP_ELSE,    [0x06] = OP_TRY,      [0x07] = OP_CATCH,
    [0x08] = OP_INDEX,    [0x09] = OP_INDEX,   [0x0a] = OP_PLAIN,    [0x0b] = OP_END,
    [0x0c] = OP_INDEX,    [0x0d] = OP_INDEX,   [0x0e] = OP_LABELS,   [0x0f] = OP_PLAIN,
    [0x10] = OP_FUNCTION, [0x11] = OP_INDEXES, [0x12] = OP_FUNCTION, [0x13] = OP_INDEXES,
    [0x14] = OP_INDEX,    [0x15] = OP_INDEX,   [0x18] = OP_DELEGATE, [0x19] = OP_CATCH_ALL,
    [0x1a] = OP_PLAIN,    [0x1b] = OP_PLAIN,   [0x1c] = OP_VALUES,   [0x1f] = OP_TRY_TABLE,
    [0x20] = OP_INDEX,    [0x21] = OP_INDEX,   [0x22] = OP_INDEX,    [0x23] = OP_INDEX,
    [0x24] = OP_INDEX,    [0x25] = OP_INDEX,   [0x26] = OP_INDEX,    [0x28] = OP_MEMORY,
    [0x29] = OP_MEMORY,   [0x2a] = OP_MEMORY,  [0x2b] = OP_MEMORY,   [0x2c] = OP_MEMORY,
    [0x2d] = OP_MEMORY,   [0x2e] = OP_MEMORY,  [0x2f] = OP_MEMORY,   [0x30] = OP_MEMORY,
    [0x31] = OP_MEMORY,   [0x32] = OP_MEMORY,  [0x33] = OP_MEMORY,   [0x34] = OP_MEMORY,
    [0x35] = OP_MEMORY,   [0x36] = OP_MEMORY,  [0x37] = OP_MEMORY,   [0x38] = OP_MEMORY,
    [0x39] = OP_MEMORY,   [0x3a] = OP_MEMORY,  [0x3b] = OP_MEMORY,   [0x3c] = OP_MEMORY,
    [0x3d] = OP_MEMORY,   [0x3e] = OP_MEMORY,  [0x3f] = OP_INDEX,    [0x40] = OP_INDEX,
    [0x41] = OP_S32,      [0x42] = OP_S64,     [0x43] = OP_BYTES_4,  [0x44] = OP_BYTES_8,
    [0x45] = OP_PLAIN,    [0x46] = OP_PLAIN,   [0x47] = OP_PLAIN,    [0x48] = OP_PLAIN,
    [0x49] = OP_PLAIN,    [0x4a] = OP_PLAIN,   [0x4b] = OP_PLAIN,    [0x4c] = OP_PLAIN,
    [0x4d] = OP_PLAIN,    [0x4e] = OP_PLAIN,   [0x4f] = OP_PLAIN,    [0x50] = OP_PLAIN,
    [0x51] = OP_PLAIN,    [0x52] = OP_PLAIN,   [0x53] = OP_PLAIN,    [0x54] = OP_PLAIN,
    [0x55] = OP_PLAIN,    [0x56] = OP_PLAIN,   [0x57] = OP_PLAIN,    [0x58] = OP_PLAIN,
    [0x59] = OP_PLAIN,    [0x5a] = OP_PLAIN,   [0x5b] = OP_PLAIN,    [0x5c] = OP_PLAIN,
    [0x5d] = OP_PLAIN,    [0x5e] = OP_PLAIN,   [0x5f] = OP_PLAIN,    [0x60] = OP_PLAIN,
    [0x61] = OP_PLAIN,    [0x62] = OP_PLAIN,   [0x63] = OP_PLAIN,    [0x64] = OP_PLAIN,
    [0x65] = OP_PLAIN,    [0x66] = OP_PLAIN,   [0x67] = OP_PLAIN,    [0x68] = OP_PLAIN,
    [0x69] = OP_PLAIN,    [0x6a] = OP_PLAIN,   [0x6b] = OP_PLAIN,    [0x6c] = OP_PLAIN,
    [0x6d] = OP_PLAIN,    [0x6e] = OP_PLAIN,   [0x6f] = OP_PLAIN,    [0x70] = OP_PLAIN,
    [0x71] = OP_PLAIN,    [0x72] = OP_PLAIN,   [0x73] = OP_PLAIN,    [0x74] = OP_PLAIN,
    [0x75] = OP_PLAIN,    [0x76] = OP_PLAIN,   [0x77] = OP_PLAIN,    [0x78] = OP_PLAIN,
    [0x79] = OP_PLAIN,    [0x7a] = OP_PLAIN,   [0x7b] = OP_PLAIN,    [0x7c] = OP_PLAIN,
    [0x7d] = OP_PLAIN,    [0x7e] = OP_PLAIN,   [0x7f] = OP_PLAIN,    [0x80] = OP_PLAIN,
    [0x81] = OP_PLAIN,    [0x82] = OP_PLAIN,   [0x83] = OP_PLAIN,    [0x84] = OP_PLAIN,
    [0x85] = OP_PLAIN,    [0x86] = OP_PLAIN,   [0x87] = OP_PLAIN,    [0x88] = OP_PLAIN,
    [0x89] = OP_PLAIN,    [0x8a] = OP_PLAIN,   [0x8b] = OP_PLAIN,    [0x8c] = OP_PLAIN,
    [0x8d] = OP_PLAIN,    [0x8e] = OP_PLAIN,   [0x8f] = OP_PLAIN,    [0x90] = OP_PLAIN,
    [0x91] = OP_PLAIN,    [0x92] = OP_PLAIN,   [0x93] = OP_PLAIN,    [0x94] = OP_PLAIN,
    [0x95] = OP_PLAIN,    [0x96] = OP_PLAIN,   [0x97] = OP_PLAIN,    [0x98] = OP_PLAIN,
    [0x99] = OP_PLAIN,    [0x9a] = OP_PLAIN,   [0x9b] = OP_PLAIN,    [0x9c] = OP_PLAIN,
    [0x9d] = OP_PLAIN,    [0x9e] = OP_PLAIN,   [0x9f] = OP_PLAIN,    [0xa0] = OP_PLAIN,
    [0xa1] = OP_PLAIN,    [0xa2] = OP_PLAIN,   [0xa3] = OP_PLAIN,    [0xa4] = OP_PLAIN,
    [0xa5] = OP_PLAIN,    [0xa6] = OP_PLAIN,   [0xa7] = OP_PLAIN,    [0xa8] = OP_PLAIN,
    [0xa9] = OP_PLAIN,    [0xaa] = OP_PLAIN,   [0xab] = OP_PLAIN,    [0xac] = OP_PLAIN,
    [0xad] = OP_PLAIN,    [0xae] = OP_PLAIN,   [0xaf] = OP_PLAIN,    [0xb0] = OP_PLAIN,
    [0xb1] = OP_PLAIN,    [0xb2] = OP_PLAIN,   [0xb3] = OP_PLAIN,    [0xb4] = OP_PLAIN,
    [0xb5] = OP_PLAIN,    [0xb6] = OP_PLAIN,   [0xb7] = OP_PLAIN,    [0xb8] = OP_PLAIN,
    [0xb9] = OP_PLAIN,    [0xba] = OP_PLAIN,   [0xbb] = OP_PLAIN,    [0xbc] = OP_PLAIN,
    [0xbd] = OP_PLAIN,    [0xbe] = OP_PLAIN,   [0xbf] = OP_PLAIN,    [0xc0] = OP_PLAIN,
    [0xc1] = OP_PLAIN,    [0xc2] = OP_PLAIN,   [0xc3] = OP_PLAIN,    [0xc4] = OP_PLAIN,
    [0xd0] = OP_HEAP,     [0xd1] = OP_PLAIN,   [0xd2] = OP_FUNCTION, [0xd3] = OP_PLAIN,
    [0xd4] = OP_PLAIN,    [0xd5] = OP_INDEX,   [0xd6] = OP_INDEX,    [0xe0] = OP_INDEX,
    [0xe1] = OP_INDEXES,  [0xe2] = OP_INDEX,   [0xe3] = OP_RESUME,   [0xe4] = OP_RESUME_THROW,
    [0xe5] = OP_RESUME,   [0xe6] = OP_INDEXES, [0xfb] = OP_PREFIX,   [0xfc] = OP_PREFIX,
    [0xfd] = OP_PREFIX,   [0xfe] = OP_PREFIX,
};

struct opcode_range {
    uint16_t first, last;
    uint8_t shape, feature;
};

/** One-byte opcodes beyond the first version. */
static const struct opcode_range single[] = {
    {0x06, 0x07, 0, FEATURE_EXCEPTIONS_LEGACY},   {0x08, 0x08, 0, FEATURE_EXCEPTIONS},
    {0x09, 0x09, 0, FEATURE_EXCEPTIONS_LEGACY},   {0x0a, 0x0a, 0, FEATURE_EXCEPTIONS},
    {0x12, 0x13, 0, FEATURE_TAIL_CALL},           {0x14, 0x14, 0, FEATURE_FUNCTION_REFERENCES},
    {0x15, 0x15, 0, FEATURE_TAIL_CALL},           {0x18, 0x19, 0, FEATURE_EXCEPTIONS_LEGACY},
    {0x1c, 0x1c, 0, FEATURE_REFERENCE_TYPES},     {0x1f, 0x1f, 0, FEATURE_EXCEPTIONS},
    {0x25, 0x26, 0, FEATURE_REFERENCE_TYPES},     {0xc0, 0xc4, 0, FEATURE_SIGN_EXT},
    {0xd0, 0xd2, 0, FEATURE_REFERENCE_TYPES},     {0xd3, 0xd3, 0, FEATURE_GC},
    {0xd4, 0xd6, 0, FEATURE_FUNCTION_REFERENCES}, {0xe0, 0xe6, 0, FEATURE_STACK_SWITCHING},
};

/** struct, array, ref and i31 instructions; custom descriptors from 32 on. */
static const struct opcode_range after_fb[] = {
    {0, 1, OP_INDEX, FEATURE_GC},
    {2, 5, OP_INDEXES, FEATURE_GC},
    {6, 7, OP_INDEX, FEATURE_GC},
    {8, 8, OP_INDEXES, FEATURE_GC},
    {9, 9, OP_TYPE_DATA, FEATURE_GC},
    {10, 10, OP_INDEXES, FEATURE_GC},
    {11, 14, OP_INDEX, FEATURE_GC},
    {15, 15, OP_PLAIN, FEATURE_GC},
    {16, 16, OP_INDEX, FEATURE_GC},
    {17, 17, OP_INDEXES, FEATURE_GC},
    {18, 18, OP_TYPE_DATA, FEATURE_GC},
    {19, 19, OP_INDEXES, FEATURE_GC},
    {20, 23, OP_HEAP, FEATURE_GC},
    {24, 25, OP_CAST, FEATURE_GC},
    {26, 30, OP_PLAIN, FEATURE_GC},
    {32, 34, OP_INDEX, FEATURE_CUSTOM_DESCRIPTORS},
    {35, 36, OP_HEAP, FEATURE_CUSTOM_DESCRIPTORS},
    {37, 38, OP_CAST, FEATURE_CUSTOM_DESCRIPTORS},
};

/** Saturating conversions, bulk memory and tables, wide arithmetic. */
static const struct opcode_range after_fc[] = {
    {10, 10, OP_INDEXES, FEATURE_BULK_MEMORY},   {11, 11, OP_INDEX, FEATURE_BULK_MEMORY},
    {0, 7, OP_PLAIN, FEATURE_NONTRAPPING},       {8, 8, OP_DATA, FEATURE_BULK_MEMORY},
    {9, 9, OP_DATA_DROP, FEATURE_BULK_MEMORY},   {12, 12, OP_INDEXES, FEATURE_BULK_MEMORY},
    {13, 13, OP_INDEX, FEATURE_BULK_MEMORY},     {14, 14, OP_INDEXES, FEATURE_BULK_MEMORY},
    {15, 17, OP_INDEX, FEATURE_REFERENCE_TYPES}, {18, 18, OP_INDEX, FEATURE_MEMORY_CONTROL},
    {19, 22, OP_PLAIN, FEATURE_WIDE_ARITHMETIC},
};

/** Vectors; what no range names is not assigned. */
static const struct opcode_range after_fd[] = {
    {94, 153, OP_PLAIN, FEATURE_SIMD128},       {0, 11, OP_MEMORY, FEATURE_SIMD128},
    {163, 164, OP_PLAIN, FEATURE_SIMD128},      {12, 13, OP_BYTES_16, FEATURE_SIMD128},
    {14, 20, OP_PLAIN, FEATURE_SIMD128},        {21, 34, OP_LANE, FEATURE_SIMD128},
    {35, 83, OP_PLAIN, FEATURE_SIMD128},        {84, 91, OP_MEMORY_LANE, FEATURE_SIMD128},
    {92, 93, OP_MEMORY, FEATURE_SIMD128},       {155, 161, OP_PLAIN, FEATURE_SIMD128},
    {167, 174, OP_PLAIN, FEATURE_SIMD128},      {177, 177, OP_PLAIN, FEATURE_SIMD128},
    {181, 186, OP_PLAIN, FEATURE_SIMD128},      {188, 193, OP_PLAIN, FEATURE_SIMD128},
    {195, 196, OP_PLAIN, FEATURE_SIMD128},      {199, 206, OP_PLAIN, FEATURE_SIMD128},
    {209, 209, OP_PLAIN, FEATURE_SIMD128},      {213, 225, OP_PLAIN, FEATURE_SIMD128},
    {227, 237, OP_PLAIN, FEATURE_SIMD128},      {239, 255, OP_PLAIN, FEATURE_SIMD128},
    {256, 275, OP_PLAIN, FEATURE_RELAXED_SIMD},
};

/** Threads, and from 0x4f on shared-everything threads. */
static const struct opcode_range after_fe[] = {
    {0, 2, OP_MEMORY, FEATURE_ATOMICS},
    {3, 3, OP_FENCE, FEATURE_ATOMICS},
    {0x10, 0x4e, OP_MEMORY, FEATURE_ATOMICS},
    {0x4f, 0x5b, OP_ATOMIC_INDEX, FEATURE_SHARED_EVERYTHING},
    {0x5c, 0x66, OP_ATOMIC_INDEXES, FEATURE_SHARED_EVERYTHING},
    {0x67, 0x71, OP_ATOMIC_INDEX, FEATURE_SHARED_EVERYTHING},
    {0x72, 0x72, OP_PLAIN, FEATURE_SHARED_EVERYTHING},
};

static const struct {
    const struct opcode_range *ranges;
    size_t count;
} prefixes[] = {
    {after_fb, array_length(after_fb)},
    {after_fc, array_length(after_fc)},
    {after_fd, array_length(after_fd)},
    {after_fe, array_length(after_fe)},
};

enum wasm_feature opcode_feature(uint8_t opcode) {
    for (size_t i = 0; i < array_length(single); i++)
        if (opcode >= single[i].first && opcode <= single[i].last)
            return (enum wasm_feature)single[i].feature;
    return FEATURE_BASE;
}

enum opcode_shape opcode_prefixed(uint8_t prefix, uint32_t code, enum wasm_feature *feature) {
    const struct opcode_range *ranges = prefixes[prefix - 0xfb].ranges;
    for (size_t i = 0; i < prefixes[prefix - 0xfb].count; i++) {
        if (code < ranges[i].first || code > ranges[i].last) continue;
        *feature = (enum wasm_feature)ranges[i].feature;
        return (enum opcode_shape)ranges[i].shape;
    }
    return OP_ILLEGAL;
}
