/* A module that is large enough for several threads is read as one thread reads it: calls, names,
 * graph, and what is wrong with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wasm/profile.h"
#include "wasm/slices.h"

enum { FUNCTIONS = 4000, NOPS = 300, THREADS = 4 };

static void add_leb(struct text *out, unsigned number) {
    for (; number >= 0x80; number >>= 7) text_add_char(out, (char)(0x80 | (number & 0x7f)));
    text_add_char(out, (char)number);
}

static void add_section(struct text *out, char id, const struct text *contents) {
    text_add_char(out, id);
    add_leb(out, (unsigned)contents->length);
    text_add_bytes(out, contents->data, contents->length);
}

/* Function i calls two others, and one of them twice; a bad one ends early. */
static void add_body(struct text *out, unsigned i, bool bad) {
    const unsigned calls[] = {i * 7 % FUNCTIONS, (i + 13) % FUNCTIONS, (i + 13) % FUNCTIONS};
    struct text body = text_begin(out->arena);
    text_add_bytes(&body, "\0", 1);
    for (int n = 0; n < NOPS; n++) text_add_char(&body, '\1');
    for (int c = 0; c < 3; c++) {
        text_add_char(&body, '\x10');
        add_leb(&body, calls[c]);
    }
    text_add_char(&body, bad ? '\x27' : '\x0b');
    add_leb(out, (unsigned)body.length);
    text_add_bytes(out, body.data, body.length);
}

/* Every third function is exported, under a name that has to be demangled; those from `bad` on are
 * bad. */
static struct wasm_span build(struct arena *arena, unsigned bad) {
    struct text out = text_begin(arena), types = text_begin(arena), code = text_begin(arena),
                exports = text_begin(arena), all = text_begin(arena);
    text_add_bytes(&types, "\1\x60\0\0", 4);
    add_leb(&all, FUNCTIONS);
    add_leb(&code, FUNCTIONS);
    add_leb(&exports, (FUNCTIONS + 2) / 3);
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        text_add_bytes(&all, "\0", 1);
        add_body(&code, i, i >= bad);
        if (i % 3 != 0) continue;
        const char *name = text_format(arena, "_ZN5space4f%03uEv", i % 1000);
        add_leb(&exports, (unsigned)strlen(name));
        text_add(&exports, name);
        text_add_bytes(&exports, "\0", 1);
        add_leb(&exports, i);
    }
    text_add_bytes(&out, "\0asm\1\0\0\0", 8);
    add_section(&out, 1, &types);
    add_section(&out, 3, &all);
    add_section(&out, 7, &exports);
    add_section(&out, 10, &code);
    return (struct wasm_span){(const uint8_t *)out.data, 0, out.length};
}

struct reading {
    struct arena *arena;
    struct thread_pool *pool;
    struct wasm_file file;
    struct wasm_problem problem;
};

static bool read_module(struct reading *reading, struct wasm_span span, unsigned threads) {
    *reading =
        (struct reading){.arena = arena_new(), .pool = threads ? thread_pool_new(threads) : NULL};
    return wasm_file_read(reading->arena, span, WASM_WALK, &reading->file, &reading->problem) &&
           wasm_file_decode(reading->arena, &reading->file, reading->pool, &reading->problem);
}

static void read_end(struct reading *reading) {
    if (reading->pool) thread_pool_free(reading->pool);
    arena_free(reading->arena);
}

static void expect_same_profiles(const struct reading *one, const struct reading *many) {
    const unsigned all =
        WASM_PROFILE_NAMES | WASM_PROFILE_GENERICS | WASM_PROFILE_BODIES | WASM_PROFILE_RETAINED;
    struct wasm_profile a = wasm_profile_make(
        one->arena,
        &(struct wasm_profile_request){.file = &one->file, .symbols = &one->file, .wanted = all});
    struct wasm_profile b = wasm_profile_make(
        many->arena,
        &(struct wasm_profile_request){.file = &many->file, .wanted = all, .pool = many->pool});
    assert_int_equal(a.count, FUNCTIONS);
    assert_int_equal(a.named, (FUNCTIONS + 2) / 3);
    assert_int_equal(a.named, b.named);
    assert_true(a.unreferenced == b.unreferenced && a.duplicates == b.duplicates);
    for (size_t i = 0; i < a.count; i++) {
        assert_string_equal(a.functions[i].name, b.functions[i].name);
        assert_string_equal(a.functions[i].namespace, b.functions[i].namespace);
        assert_true(a.functions[i].retained == b.functions[i].retained);
    }
}

/* Names that are known are taken over, whatever their functions' numbers are. */
static void expect_known_names(const struct reading *one, const struct reading *many) {
    struct wasm_profile_request request = {.file = &one->file, .wanted = WASM_PROFILE_NAMES};
    struct wasm_profile old = wasm_profile_make(one->arena, &request);
    struct wasm_profiled last = old.functions[FUNCTIONS - 1];
    memmove(old.functions + 1, old.functions, (FUNCTIONS - 1) * sizeof last);
    old.functions[0] = last;
    request = (struct wasm_profile_request){
        .file = &many->file, .known = &old, .wanted = WASM_PROFILE_NAMES, .pool = many->pool};
    struct wasm_profile new = wasm_profile_make(many->arena, &request);
    for (size_t i = 0; i < FUNCTIONS; i++) {
        const struct wasm_profiled *was = &old.functions[(i + 1) % FUNCTIONS];
        assert_string_equal(new.functions[i].name, was->name);
        assert_string_equal(new.functions[i].namespace, was->namespace);
    }
    assert_string_equal(new.functions[3].name, "space::f003()");
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (strcmp(old.functions[i].name, "space::f003()") == 0)
            old.functions[i].name = "taken over";
    new = wasm_profile_make(many->arena, &request);
    assert_string_equal(new.functions[3].name, "taken over");
}

static void same_as_one_thread(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    struct wasm_span span = build(arena, FUNCTIONS);
    struct reading one, many;
    assert_true(read_module(&one, span, 0));
    assert_true(read_module(&many, span, THREADS));
    const struct wasm_module *a = &one.file.units[0].module, *b = &many.file.units[0].module;
    assert_true(slices_of(a, many.pool).count > THREADS);
    assert_int_equal(slices_of(a, NULL).count, 1);
    assert_true(slices_by_count(a, many.pool).count > THREADS);
    assert_int_equal(slices_by_count(a, NULL).count, 1);
    assert_int_equal(a->called.count, b->called.count);
    assert_memory_equal(a->called.items, b->called.items,
                        a->called.count * sizeof *a->called.items);
    assert_memory_equal(a->call_begin, b->call_begin, (FUNCTIONS + 1) * sizeof *a->call_begin);
    assert_true(a->features == b->features);
    expect_same_profiles(&one, &many);
    expect_known_names(&one, &many);
    read_end(&one);
    read_end(&many);
    arena_free(arena);
}

static void halves(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    struct reading many;
    assert_true(read_module(&many, build(arena, FUNCTIONS), THREADS));
    const struct wasm_module *module = &many.file.units[0].module;
    struct slices whole = slices_of(module, many.pool), two = slices_halved(module, &whole);
    assert_int_equal(two.count, 2 * whole.count);
    for (size_t i = 0; i <= whole.count; i++) assert_int_equal(two.begins[2 * i], whole.begins[i]);
    for (size_t i = 0; i < whole.count; i++) {
        size_t first = two.begins[2 * i + 1] - two.begins[2 * i];
        size_t second = two.begins[2 * i + 2] - two.begins[2 * i + 1];
        assert_in_range(first, second - 1, second + 1);
    }
    struct wasm_module none = {0};
    whole = (struct slices){.count = 1};
    assert_int_equal(slices_halved(&none, &whole).begins[2], 0);
    read_end(&many);
    arena_free(arena);
}

/* Of the mistakes that slices find in turn and at the same time, the first counts. */
static void first_mistake(void **state) {
    (void)state;
    static const unsigned bad[] = {0, 1, FUNCTIONS / 2, FUNCTIONS - 1};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct arena *arena = arena_new();
        struct wasm_span span = build(arena, bad[i]);
        struct reading one, many;
        assert_false(read_module(&one, span, 0));
        assert_false(read_module(&many, span, THREADS));
        assert_string_equal(one.problem.reason, "illegal opcode");
        assert_string_equal(many.problem.reason, "illegal opcode");
        assert_int_equal(one.problem.offset, many.problem.offset);
        const struct wasm_function *function = &one.file.units[0].module.functions[bad[i]];
        assert_int_equal(one.problem.offset, function->offset + function->size - 1);
        read_end(&one);
        read_end(&many);
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_one_thread),
        cmocka_unit_test(halves),
        cmocka_unit_test(first_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
