/* The wasm probe on modules made by hand: row W7 and the numbers of a known module. */
#include "probe_host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "probes/wasm.h"
#include "probes/wasm_config.h"
#include "temp_folder.h"

#define MAGIC "\0asm\1\0\0\0"
#define BYTES(text) (text), sizeof(text) - 1

/** Imports a function, exports a function of 3 bytes; 2 to 100 pages; 5 table entries; 2 bytes of
 * data; sections name, producers, a second producers, one called code and one without a name. */
#define SMALL                                  \
    MAGIC "\x01\x04\x01\x60\x00\x00"           \
          "\x02\x07\x01\x01m\x01"              \
          "f\x00\x00"                          \
          "\x03\x02\x01\x00"                   \
          "\x04\x04\x01\x70\x00\x05"           \
          "\x05\x04\x01\x01\x02\x64"           \
          "\x07\x05\x01\x01x\x00\x01"          \
          "\x0a\x04\x01\x02\x00\x0b"           \
          "\x0b\x08\x01\x00\x41\x00\x0b\x02hi" \
          "\x00\x06\x04name\x00"               \
          "\x00\x0b\x09producers\x00"          \
          "\x00\x0a\x09producers"              \
          "\x00\x05\x04"                       \
          "code"                               \
          "\x00\x01\x00"

struct fixture {
    char folder[PATH_MAX];
    struct wasm_config config;
    struct probe_host host;
    bool begun;
};

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture) return -1;
    temp_folder_make(fixture->folder);
    fixture->config = (struct wasm_config){.size = {.max_size = 1e9}};
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    if (fixture->begun) probe_host_end(&fixture->host);
    temp_folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

static struct probe_host *begin(struct fixture *fixture, const char *const *pattern) {
    if (fixture->begun) probe_host_end(&fixture->host);
    fixture->begun = true;
    probe_host_begin(&fixture->host, &wasm_probe, &fixture->config,
                     (struct probe_texts){pattern, 1}, fixture->folder);
    return &fixture->host;
}
#define BEGIN(fixture, pattern) begin(fixture, (const char *const[]){pattern})

static void expect_emit(struct probe_host *host, const char *metric, const char *label,
                        double value) {
    if (probe_host_value(host, metric, label) != value)
        fail_msg("%s[%s] is %g", metric, label, probe_host_value(host, metric, label));
    assert_int_equal(probe_host_count(host, metric, label), 1);
}

static void numbers_of_a_module(void **state) {
    struct fixture *fixture = *state;
    temp_write(fixture->folder, "a.wasm", BYTES(SMALL));
    struct probe_host *host = BEGIN(fixture, "*.wasm");
    if (!probe_host_run(host, 1)) fail_msg("%s", host->message);
    static const struct {
        const char *metric;
        double value;
    } rows[] = {
        {"raw", sizeof(SMALL) - 1},
        {"code", 6},
        {"data", 10},
        {"custom", 8 + 13 + 12 + 7 + 3},
        {"debug", 8},
        {"functions", 1},
        {"imports", 1},
        {"exports", 1},
        {"data_segments", 1},
        {"largest_function", 3},
        {"memory_initial", 2 * 65536},
        {"memory_maximum", 100 * 65536},
        {"table", 5},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        expect_emit(host, rows[i].metric, "file:a.wasm", rows[i].value);
    expect_emit(host, "files", "", 1);
    assert_int_equal(probe_host_count(host, "gzip", "file:a.wasm"), 1);
}

static void sections_add_up(void **state) {
    struct fixture *fixture = *state;
    temp_write(fixture->folder, "a.wasm", BYTES(SMALL));
    struct probe_host *host = BEGIN(fixture, "*.wasm");
    assert_true(probe_host_run(host, 1));
    double sum = 0;
    size_t count = probe_host_total(host, "section", &sum);
    assert_true(sum == (double)(sizeof(SMALL) - 1));
    assert_int_equal(count, 1 + 13 + 4);
    expect_emit(host, "section", "file:a.wasm section:preamble", 8);
    expect_emit(host, "section", "file:a.wasm section:code", 6);
    expect_emit(host, "section", "file:a.wasm section:start", 0);
    expect_emit(host, "section", "file:a.wasm section:name", 8);
    expect_emit(host, "section", "file:a.wasm section:producers", 13 + 12);
    expect_emit(host, "section", "file:a.wasm section:custom-code", 7);
    expect_emit(host, "section", "file:a.wasm section:custom-", 3);
}

static void memory_without_maximum(void **state) {
    struct fixture *fixture = *state;
    temp_write(fixture->folder, "free.wasm", BYTES(MAGIC "\x05\x03\x01\x00\x01"));
    temp_write(fixture->folder, "none.wasm", BYTES(MAGIC));
    struct probe_host *host = BEGIN(fixture, "*.wasm");
    probe_host_want(host, (const char *const[]){"memory_maximum", NULL});
    assert_true(probe_host_run(host, 1));
    assert_int_equal(host->emit_count, 2);
    assert_true(host->emits[0].unbounded);
    assert_string_equal(host->labels[host->emits[0].label - 1], "file:free.wasm");
    expect_emit(host, "memory_maximum", "file:none.wasm", 0);
}

/** Two functions of the same body that call each other's import; only the first is exported. */
#define PAIR                                 \
    MAGIC "\x01\x04\x01\x60\x00\x00"         \
          "\x02\x07\x01\x01m\x01"            \
          "f\x00\x00"                        \
          "\x03\x03\x02\x00\x00"             \
          "\x07\x05\x01\x01x\x00\x01"        \
          "\x0a\x0b\x02\x04\x00\x10\x00\x0b" \
          "\x04\x00\x10\x00\x0b"
#define PAIR_NAMES                     \
    "\x00\x1d\x04name\x01\x16\x02\x01" \
    "\x09mine::big\x02\x08mine::go"

static void functions_and_lists(void **state) {
    struct fixture *fixture = *state;
    temp_write(fixture->folder, "a.wasm", BYTES(PAIR));
    temp_write(fixture->folder, "named.wasm", BYTES(PAIR PAIR_NAMES));
    static const char *const allow[] = {"env.*"}, *const require[] = {"x", "main*"};
    fixture->config.symbols = "named.wasm";
    fixture->config.allow_imports = (struct probe_texts){allow, 1};
    fixture->config.require_exports = (struct probe_texts){require, 2};
    struct probe_host *host = BEGIN(fixture, "a.wasm");
    if (!probe_host_run(host, 1)) fail_msg("%s", host->message);
    expect_emit(host, "function", "file:a.wasm function:mine::big namespace:mine", 5);
    expect_emit(host, "namespace", "file:a.wasm namespace:mine", 10);
    expect_emit(host, "retained", "file:a.wasm function:mine::big", 5);
    expect_emit(host, "retained", "file:a.wasm function:mine::go", 0);
    expect_emit(host, "duplicates", "file:a.wasm", 5);
    expect_emit(host, "unreferenced", "file:a.wasm", 5);
    expect_emit(host, "denied_imports", "file:a.wasm", 1);
    expect_emit(host, "denied_imports", "file:a.wasm import:m.f", 1);
    expect_emit(host, "missing_exports", "file:a.wasm", 1);
    expect_emit(host, "missing_exports", "file:a.wasm export:main*", 1);
    assert_int_equal(probe_host_count(host, "denied_features", "file:a.wasm"), 0);
}

/* W7, and W5's component */
static void other_files(void **state) {
    struct fixture *fixture = *state;
    fixture->config.size.allow_empty = true;
    static const struct {
        const char *bytes;
        size_t length;
        const char *message;
    } rows[] = {
        {BYTES(""), "x is not a WebAssembly module but an empty file"},
        {BYTES("\x1f\x8b\x08\0rest"),
         "x is not a WebAssembly module but gzip data (it begins with 1f 8b 08 00)"},
        {BYTES("\x7f"
               "ELF\2"),
         "x is not a WebAssembly module but an ELF file (it begins with 7f 45 4c 46)"},
        {BYTES("(module)\n"),
         "x is not a WebAssembly module but text (it begins with 28 6d 6f 64)"},
        {BYTES("\0asm\x0d\0\1\0\1\7MAGIC"), "x is malformed at byte 9: length out of bounds"},
        {BYTES("\0asm\2\0\0\0"), "x is malformed at byte 4: unknown binary version"},
        {BYTES(MAGIC "\x01\x7f"), "x is malformed at byte 8: a section longer than the file"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        temp_write(fixture->folder, "x", rows[i].bytes, rows[i].length);
        struct probe_host *host = BEGIN(fixture, "x");
        /* whatever is wanted: also the size of what is no module is not a module's size */
        if (i % 2) probe_host_want(host, (const char *const[]){"raw", NULL});
        assert_false(probe_host_run(host, 1));
        assert_int_equal(host->fault, PROBE_FAULT_TARGET);
        assert_string_equal(host->message, rows[i].message);
        assert_int_equal(host->emit_count, 0);
    }
}

/* W1 through the probe */
static void truncated(void **state) {
    struct fixture *fixture = *state;
    size_t measured = 0;
    for (size_t length = 1; length < sizeof(SMALL) - 1; length++) {
        temp_write(fixture->folder, "cut.wasm", SMALL, length);
        struct probe_host *host = BEGIN(fixture, "cut.wasm");
        probe_host_want(host, (const char *const[]){"raw", "section", NULL});
        double sum = 0;
        if (!probe_host_run(host, 1)) continue;
        measured++;
        probe_host_total(host, "section", &sum);
        assert_true(sum == (double)length);
    }
    /* cut after the preamble, type and import, after code, data and each custom section: those are
     * modules of their own */
    assert_int_equal(measured, 9);
}

/* G1 */
static void no_match(void **state) {
    struct fixture *fixture = *state;
    struct probe_host *host = BEGIN(fixture, "*.wasm");
    assert_false(probe_host_run(host, 1));
    assert_string_equal(host->message, "no file matches *.wasm");
    host = BEGIN(fixture, "*.wasm");
    probe_host_want(host, (const char *const[]){"files", NULL});
    assert_true(probe_host_run(host, 1));
    expect_emit(host, "files", "", 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(numbers_of_a_module), TEST(sections_add_up), TEST(memory_without_maximum),
        TEST(other_files),         TEST(truncated),       TEST(no_match),
        TEST(functions_and_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
