/* Instructions read the same however they are read and wherever they stand: one by one, stepped
 * over by table, and with another body in turn; near the end of the bytes and far from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "wasm/features.h"
#include "wasm/quick.h"

#define CODE(text) (const uint8_t *)(text), sizeof(text) - 1

enum { NOPS = 24, BODY_MAX = 200, BEYOND = 16, DEEP = 1000 };

enum way { CAREFUL, ALONE, FIRST_OF_TWO, SECOND_OF_TWO, WAYS };

#define OUTSIDE "an instruction outside of its block"
#define LEGACY UINT64_C(1) << FEATURE_EXCEPTIONS_LEGACY

static const struct {
    const uint8_t *code;
    size_t length;
    const char *reason; /* NULL: well formed */
    uint64_t features;
} rows[] = {
    {CODE("\x01"), NULL, 0},
    {CODE("\x20\x00"), NULL, 0},
    {CODE("\x20\x80\x00"), NULL, 0},
    {CODE("\x20\x80\x80\x00"), NULL, 0},
    {CODE("\x20\x80\x80\x80\x00"), NULL, 0},
    {CODE("\x20\x80\x80\x80\x80\x00"), NULL, 0},
    {CODE("\x20\xff\xff\xff\xff\x0f"), NULL, 0},
    {CODE("\x20\xff\xff\xff\xff\x1f"), "integer too large", 0},
    {CODE("\x20\x80\x80\x80\x80\x80\x00"), "integer representation too long", 0},
    {CODE("\x41\x7f"), NULL, 0},
    {CODE("\x41\xff\xff\xff\x7f"), NULL, 0},
    {CODE("\x41\xff\xff\xff\xff\x7f"), NULL, 0},
    {CODE("\x41\xff\xff\xff\xff\x0f"), "integer too large", 0},
    {CODE("\x41\x80\x80\x80\x80\x70"), "integer too large", 0},
    {CODE("\x41\x80\x80\x80\x80\x80\x00"), "integer representation too long", 0},
    {CODE("\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), NULL, 0},
    {CODE("\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f"), NULL, 0},
    {CODE("\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02"), "integer too large", 0},
    {CODE("\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), "integer representation too long",
     0},
    {CODE("\x28\x02\x00"), NULL, 0},
    {CODE("\x28\x02\x7f"), NULL, 0},
    {CODE("\x28\x02\x80\x01"), NULL, 0},
    {CODE("\x28\x02\x80\x80\x80\x01"), NULL, 0},
    {CODE("\x28\x02\x80\x80\x80\x80\x01"), NULL, 0},
    {CODE("\x28\x02\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"), NULL, 0},
    {CODE("\x28\x02\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02"), "integer too large", 0},
    {CODE("\x28\x82\x00\x10"), NULL, 0},
    {CODE("\x28\x82\x80\x80\x80\x00\x10"), NULL, 0},
    {CODE("\x28\x80\x01\x00"), "malformed memop flags", 0},
    {CODE("\x28\x42\x01\x00"), NULL, UINT64_C(1) << FEATURE_MULTIMEMORY},
    {CODE("\x28\x42\x81\x00\x80\x01"), NULL, UINT64_C(1) << FEATURE_MULTIMEMORY},
    {CODE("\x28\xc2\x00\x01\x00"), NULL, UINT64_C(1) << FEATURE_MULTIMEMORY},
    {CODE("\x28\x3f\x00"), NULL, 0},
    {CODE("\x28\x7f\x00\x00"), NULL, UINT64_C(1) << FEATURE_MULTIMEMORY},
    {CODE("\x28\x02\x80\x80\x80\x80\x80\x01"), NULL, 0},
    {CODE("\x28\x02\x80\x80\x80\x80\x80\x80\x01"), NULL, 0},
    {CODE("\x42\x80\x80\x80\x80\x80\x80\x7f"), NULL, 0},
    {CODE("\x42\x80\x80\x80\x80\x80\x80\x80\x7f"), NULL, 0},
    {CODE("\x11\x00\x00"), NULL, 0},
    {CODE("\x11\x7f\x80\x00"), NULL, 0},
    {CODE("\x11\x80\x00\x27"), NULL, 0},
    {CODE("\x11\x00\x80\x80\x80\x80\x10"), "integer too large", 0},
    {CODE("\x10\x00"), NULL, 0},
    {CODE("\x10\x80\x80\x80\x00"), NULL, 0},
    {CODE("\x10\x80\x80\x80\x80\x00"), NULL, 0},
    {CODE("\x10\xff\xff\xff\xff\x1f"), "integer too large", 0},
    {CODE("\x12\x80\x01"), NULL, UINT64_C(1) << FEATURE_TAIL_CALL},
    {CODE("\xd2\x03"), NULL, UINT64_C(1) << FEATURE_REFERENCE_TYPES},
    {CODE("\x27"), "illegal opcode", 0},
    {CODE("\xff"), "illegal opcode", 0},
    {CODE("\x02\x40\x0b"), NULL, 0},
    {CODE("\x03\x7f\x0b"), NULL, 0},
    {CODE("\x02\x7b\x0b"), NULL, UINT64_C(1) << FEATURE_SIMD128},
    {CODE("\x02\x00\x0b"), NULL, UINT64_C(1) << FEATURE_MULTIVALUE},
    {CODE("\x02\x80\x00\x0b"), NULL, UINT64_C(1) << FEATURE_MULTIVALUE},
    {CODE("\x02\x41\x0b"), "malformed value type", 0},
    {CODE("\x02\xc0\x7f\x0b"), "malformed block type", 0},
    {CODE("\x04\x40\x05\x0b"), NULL, 0},
    {CODE("\x04\x40\x02\x40\x0b\x05\x01\x0b"), NULL, 0},
    {CODE("\x04\x40\x05\x05\x0b"), OUTSIDE, 0},
    {CODE("\x02\x40\x05\x0b"), OUTSIDE, 0},
    {CODE("\x04\x40\x02\x40\x05\x0b\x0b"), OUTSIDE, 0},
    {CODE("\x04\x40\x0b\x05"), OUTSIDE, 0},
    {CODE("\x06\x40\x0b"), NULL, LEGACY},
    {CODE("\x06\x40\x07\x00\x07\x01\x19\x0b"), NULL, LEGACY},
    {CODE("\x06\x40\x18\x00"), NULL, LEGACY},
    {CODE("\x06\x40\x19\x19\x0b"), OUTSIDE, 0},
    {CODE("\x06\x40\x07\x00\x18\x00"), OUTSIDE, 0},
    {CODE("\x06\x40\x02\x40\x19\x0b\x0b"), OUTSIDE, 0},
    {CODE("\x05"), OUTSIDE, 0},
    {CODE("\x43\xff\xff\xff\xff"), NULL, 0},
    {CODE("\xc0"), NULL, UINT64_C(1) << FEATURE_SIGN_EXT},
};

/** Bytes, of which those up to `end` are a body. */
struct bytes {
    const uint8_t *start;
    size_t end, length;
};

struct outcome {
    enum instructions_step step;
    struct wasm_problem problem;
    size_t left; /* bytes of the body */
    uint64_t features;
    const uint32_t *named;
    size_t named_count;
};

/* What the other of two bodies is: all that is stepped over, and its end. */
static const uint8_t other_bytes[] = {0x20, 0x00, 0x02, 0x40, 0x41, 0x80, 0x01, 0x04, 0x40, 0x28,
                                      0x02, 0x80, 0x01, 0x0b, 0x10, 0x03, 0x42, 0x07, 0x0b, 0x11,
                                      0x00, 0x00, 0x20, 0x01, 0x6a, 0x21, 0x03, 0x01, 0x01, 0x0b};

static struct quick_body body_of(struct arena *arena, struct bytes bytes, struct quick *quick,
                                 struct wasm_problem *problem) {
    struct quick_body body = {.reader = {bytes.start, 0, bytes.end, problem, NULL},
                              .state = {.arena = arena, .seen = quick->seen},
                              .readable = bytes.length};
    instructions_make_room(&body.state);
    return body;
}

/** Up to the end of `body`, in turn with the other one where there is one. */
static enum instructions_step read_two(struct quick *quick, struct quick_body *body,
                                       struct quick_body *other, bool first) {
    enum instructions_step step = INSTRUCTIONS_MORE;
    while (step == INSTRUCTIONS_MORE) {
        struct quick_body *stopped = body;
        if (!other)
            quick_one(quick, body);
        else
            stopped = first ? quick_two(quick, body, other) : quick_two(quick, other, body);
        enum instructions_step now = instructions_next(&stopped->reader, &stopped->state);
        if (stopped == body)
            step = now;
        else if (now == INSTRUCTIONS_END)
            other = NULL;
        else
            assert_int_equal(now, INSTRUCTIONS_MORE);
    }
    return step;
}

static struct outcome read_body(struct arena *arena, struct bytes bytes, enum way way) {
    struct quick quick, others;
    struct wasm_problem problem = {0}, none = {0};
    quick_make(&quick);
    quick_make(&others);
    struct quick_body body = body_of(arena, bytes, &quick, &problem);
    struct quick_body other = body_of(
        arena, (struct bytes){other_bytes, sizeof other_bytes, sizeof other_bytes}, &others, &none);
    body.reader.features = &body.state.features;
    enum instructions_step step;
    if (way == CAREFUL)
        step = instructions_read(&body.reader, &body.state) ? INSTRUCTIONS_END : INSTRUCTIONS_BAD;
    else
        step = read_two(&quick, &body, way == ALONE ? NULL : &other, way == FIRST_OF_TWO);
    assert_null(none.reason);
    return (struct outcome){
        step,
        problem,
        reader_left(&body.reader),
        instructions_features(&body.state) & ~feature_bit(FEATURE_BASE),
        body.state.named,
        body.state.named_count,
    };
}

/** Reads in every way, and with and without bytes beyond the end, which are no part of it: always
 * the same. A sanitizer sees reads beyond all. */
static struct outcome read_all(struct arena *arena, const uint8_t *code, size_t length) {
    struct outcome careful = {0};
    for (size_t beyond = 0; beyond <= BEYOND; beyond += BEYOND / 2) {
        uint8_t *exact = malloc(length + beyond + (length + beyond == 0));
        assert_non_null(exact);
        memcpy(exact, code, length);
        memset(exact + length, 0x0b, beyond);
        for (int way = CAREFUL; way < WAYS; way++) {
            struct bytes bytes = {exact, length, length + beyond};
            struct outcome found = read_body(arena, bytes, (enum way)way);
            if (way == CAREFUL) careful = found;
            assert_int_equal(found.step, careful.step);
            assert_ptr_equal(found.problem.reason, careful.problem.reason);
            assert_int_equal(found.problem.offset, careful.problem.offset);
            if (found.step == INSTRUCTIONS_BAD) continue;
            assert_int_equal(found.left, careful.left);
            assert_true(found.features == careful.features);
            assert_int_equal(found.named_count, careful.named_count);
            for (size_t i = 0; i < found.named_count; i++)
                assert_int_equal(found.named[i], careful.named[i]);
        }
        free(exact);
    }
    return careful;
}

/** The code between some nops, then an end. */
static void same_everywhere(void **state) {
    (void)state;
    for (size_t row = 0; row < array_length(rows); row++)
        for (size_t after = 0; after < NOPS; after++) {
            uint8_t bytes[BODY_MAX];
            size_t before = after % 3, length = before + rows[row].length + after + 1;
            assert_true(length <= BODY_MAX);
            memset(bytes, 0x01, length);
            memcpy(bytes + before, rows[row].code, rows[row].length);
            bytes[length - 1] = 0x0b;
            struct arena *arena = arena_new();
            struct outcome found = read_all(arena, bytes, length);
            if ((found.step == INSTRUCTIONS_END) != !rows[row].reason)
                print_error("row %zu, %zu after: %s\n", row, after,
                            found.problem.reason ? found.problem.reason : "accepted");
            if (rows[row].reason) {
                assert_int_equal(found.step, INSTRUCTIONS_BAD);
                assert_string_equal(found.problem.reason, rows[row].reason);
                assert_in_range(found.problem.offset, before, before + rows[row].length - 1);
            } else {
                assert_int_equal(found.step, INSTRUCTIONS_END);
                assert_int_equal(found.left, 0);
                assert_true(found.features == rows[row].features);
            }
            arena_free(arena);
        }
}

/** Cut at any byte, it lacks its end or the rest of a number, whatever follows. */
static void cut_short(void **state) {
    (void)state;
    static const uint8_t code[] = {0x20, 0x80, 0x01, 0x41, 0xff, 0xff, 0x7f, 0x28, 0x02, 0x80, 0x01,
                                   0x6a, 0x20, 0x03, 0x10, 0x80, 0x80, 0x80, 0x00, 0x11, 0x00, 0x00,
                                   0x02, 0x40, 0x42, 0x80, 0x80, 0x80, 0x01, 0x0b, 0x0b};
    for (size_t length = 0; length <= sizeof code; length++) {
        struct arena *arena = arena_new();
        struct outcome found = read_all(arena, code, length);
        assert_int_equal(found.step, length == sizeof code ? INSTRUCTIONS_END : INSTRUCTIONS_BAD);
        assert_true(found.problem.offset <= length);
        arena_free(arena);
    }
}

/** Functions are named in order, whichever form their index has. */
static void names_functions(void **state) {
    (void)state;
    static const uint8_t code[] = {0x10, 0x05, 0x10, 0x80, 0x01, 0x10, 0xff, 0xff, 0x7f, 0x10,
                                   0x85, 0x80, 0x80, 0x00, 0xd2, 0x07, 0x10, 0xff, 0xff, 0xff,
                                   0x7f, 0x12, 0x86, 0x80, 0x80, 0x80, 0x00, 0x10, 0x00, 0x0b};
    static const uint32_t named[] = {5, 0x80, 0x1fffff, 5, 7, 0xfffffff, 6, 0};
    struct arena *arena = arena_new();
    struct outcome found = read_all(arena, code, sizeof code);
    assert_int_equal(found.step, INSTRUCTIONS_END);
    assert_int_equal(found.named_count, array_length(named));
    assert_memory_equal(found.named, named, sizeof named);
    arena_free(arena);
}

/** What is common is left to nobody, but for the last bytes of all and a body's own end. */
static void goes_to_the_end(void **state) {
    (void)state;
    static const uint8_t code[] = {0x01, 0x20, 0x80, 0x01, 0x41, 0x7f, 0x42, 0x80, 0x80, 0x01,
                                   0x28, 0x02, 0x80, 0x01, 0x02, 0x40, 0x04, 0x40, 0x06, 0x40,
                                   0x0b, 0x0b, 0x0b, 0x10, 0x80, 0x01, 0x11, 0x00, 0x00, 0x0b,
                                   0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01};
    enum { END = sizeof code - 9 };
    struct arena *arena = arena_new();
    struct quick quick;
    struct wasm_problem problem = {0};
    struct bytes far = {code, sizeof code, sizeof code}, near = {code, END + 1, END + 1};
    quick_make(&quick);
    struct quick_body a = body_of(arena, far, &quick, &problem);
    struct quick_body b = body_of(arena, near, &quick, &problem);
    quick_one(&quick, &a);
    assert_int_equal(a.reader.at, END);
    quick_one(&quick, &b);
    assert_in_range(b.reader.at, END - 7, END);
    a.reader.at = b.reader.at = 0;
    assert_ptr_equal(quick_two(&quick, &a, &b), &b);
    assert_true(a.reader.at > b.reader.at && a.reader.at < END);
    a.reader.at = END;
    b.reader.at = 0;
    assert_ptr_equal(quick_two(&quick, &a, &b), &a);
    assert_int_equal(b.reader.at, 0);
    arena_free(arena);
}

/** Blocks in blocks, more than there is room for at first: closed, one not closed, one too many. */
static void deep(void **state) {
    (void)state;
    static uint8_t code[3 * DEEP + 3];
    for (int ends = DEEP; ends <= DEEP + 2; ends++) {
        struct arena *arena = arena_new();
        size_t length = 0;
        for (int i = 0; i < DEEP; i++) {
            code[length++] = i == DEEP - 1 ? 0x04 : 0x02;
            code[length++] = 0x40;
        }
        code[length++] = 0x05;
        memset(code + length, 0x0b, (size_t)ends);
        length += (size_t)ends;
        struct outcome found = read_all(arena, code, length);
        assert_int_equal(found.step, ends == DEEP ? INSTRUCTIONS_BAD : INSTRUCTIONS_END);
        if (ends == DEEP) assert_int_equal(found.problem.offset, length);
        if (ends > DEEP) assert_int_equal(found.left, ends - DEEP - 1);
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_everywhere),
        cmocka_unit_test(cut_short),
        cmocka_unit_test(names_functions),
        cmocka_unit_test(goes_to_the_end),
        cmocka_unit_test(deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
