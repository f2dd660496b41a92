/* The `samples` probe on files that are right and wrong: row D1. */
#include "base/process.h"
#include "probe_host.h"
#include "probes/format.h"
#include "probes/samples.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* As samples.c has it: what `with:` fills. */
struct config {
    int format;
    const char *column, *pointer, *unit;
    int better;
    int64_t skip;
};

static struct probe_host host;
static const char *folder;
static struct arena *arena;
static struct config config;

static int set_up(void **state) {
    (void)state;
    arena = arena_new();
    folder = scratch_new(arena);
    config = (struct config){0};
    assert_int_equal(sizeof config, samples_probe.config_size);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    probe_host_end(&host);
    scratch_remove(folder);
    arena_free(arena);
    return 0;
}

static bool read_target(const char *target) {
    static const char *kept;
    kept = target;
    if (host.arena) probe_host_end(&host);
    probe_host_begin(&host, &samples_probe, &config, (struct probe_texts){&kept, 1}, folder);
    host.run.root = folder;
    bool good = probe_host_run(&host, 1);
    assert_true(good != host.failed);
    return good;
}

static bool read_content(const char *name, const char *content) {
    scratch_write(arena, folder, name, content);
    return read_target(name);
}

static void gives(const char *name, const char *content, size_t count, const double *expected) {
    if (!read_content(name, content)) print_error("%s\n", host.message);
    assert_false(host.failed);
    assert_int_equal(host.emit_count, count);
    for (size_t i = 0; i < count; i++) assert_true(host.emits[i].value == expected[i]);
}
#define VALUES(...)                                                \
    sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]) { \
        __VA_ARGS__                                                \
    }

static void fails_with(const char *name, const char *content, const char *part) {
    assert_false(read_content(name, content));
    if (!strstr(host.message, part)) print_error("%s\n", host.message);
    assert_non_null(strstr(host.message, part));
}

static void lines_are_read(void **state) {
    (void)state;
    gives("a.txt", "1\n2.5\n3", VALUES(1, 2.5, 3));
    gives("a.txt", "1\r\n2\r\n", VALUES(1, 2));
    gives("a.txt",
          "\xEF\xBB\xBF"
          "1\n\n  \n# remark\n  # another\n 2 \n",
          VALUES(1, 2));
    gives("noextension", "5\n5\n5\n", VALUES(5, 5, 5));
    assert_int_equal(host.declared_count, 1);
    assert_string_equal(host.declared[0].name, "value");
    assert_string_equal(host.declared[0].statistic, "median");
    assert_int_equal(host.declared[0].better, PROBE_LOWER);
    assert_int_equal(host.declared[0].nature, PROBE_NOISY);
}

static void units_are_given_or_read(void **state) {
    (void)state;
    config.unit = "ms";
    config.better = 1;
    gives("a.txt", "12.3\n4 s\n5us\n", VALUES(12.3e-3, 4, 5e-6));
    assert_int_equal(host.declared[0].unit, PROBE_SECONDS);
    assert_int_equal(host.declared[0].better, PROBE_HIGHER);
    assert_string_equal(host.declared[0].statistic, "p95");
    fails_with("a.txt", "12\n5 KB\n", "a.txt:2:");
    config.unit = NULL;
    fails_with("a.txt", "12 ms\n", "a time, expected a plain count");
    config.unit = "parsecs";
    fails_with("a.txt", "12\n", "no unit");
}

static void broken_lines_are_named(void **state) {
    (void)state;
    static const char *const bad[] = {
        "nan",   "NaN",  "inf",   "-inf", "1e999",  "0x1f", "1,000", "12 13",
        "12abc", "fast", "1.2.3", "--4",  "1\0332", "'5'",  "+ 5",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fails_with("a.txt", text_format(arena, "1\n%s\n2\n", bad[i]), "a.txt:2:");
        assert_int_equal(host.fault, PROBE_FAULT_DATA);
        assert_null(strchr(host.message, '\033'));
    }
    config.unit = "ms";
    fails_with("a.txt", "1\n2\n-3\n", "a.txt:3: `-3` is below 0");
}

static void nothing_to_read_fails(void **state) {
    (void)state;
    fails_with("a.txt", "", "a.txt: no samples in it");
    fails_with("a.txt", "# only\n\n  \n", "no samples");
    config.format = 3;
    fails_with("a.txt", "[]", "no samples");
    fails_with("a.txt", "", "a.txt:");
    config.format = 4;
    fails_with("a.txt", "\n\n", "no samples");
    config.format = 2;
    config.column = "x";
    fails_with("a.txt", "x,y\n", "no samples");
    fails_with("a.txt", "", "no samples");
}

static void csv_columns_are_found(void **state) {
    (void)state;
    config.column = "time";
    gives("a.csv", "name,time\na,1\nb,2\n", VALUES(1, 2));
    gives("a.csv", "\"na,me\",\"time\"\r\n\"a \"\"b\"\", c\",\"1\"\r\n# no\r\n\r\nd,2\r\n",
          VALUES(1, 2));
    config.column = "2";
    gives("a.csv", "name,time\na,1\nb,2\n", VALUES(1, 2));
    gives("a.csv", "a,1\nb,2\n", VALUES(1, 2));
    config.column = "1";
    gives("a.csv", "1\n2\n", VALUES(1, 2));
    gives("a.csv", "nanoseconds\n1\n2\n", VALUES(1, 2));
    config.format = 2;
    gives("a.txt", "t\n7\n", VALUES(7));
}

static void broken_csv_is_named(void **state) {
    (void)state;
    fails_with("a.csv", "x\n1\n", "csv needs `column`");
    config.column = "time";
    fails_with("a.csv", "name,other\na,1\n", "a.csv:1: no column `time`; there are: name, other");
    fails_with("a.csv", "time,time\n1,2\n", "two columns");
    fails_with("a.csv", "a,time\nx,1\nx\n", "a.csv:3: no column 2");
    fails_with("a.csv", "a,time\nx,\n", "a.csv:2: there is no number");
    fails_with("a.csv", "a,time\n\"x,1\n", "a.csv:2: a quoted field is not closed");
    fails_with("a.csv", "a,time\n\"x\"y,1\n", "goes on after its closing quote");
    fails_with("a.csv", "a,time\nx,1;5\n", "a.csv:2:");
    config.column = "1";
    fails_with("a.csv", "NaN\n1\n", "a.csv:1:");
    fails_with("a.csv", ",x\n1,2\n", "a.csv:1:");
    config.column = "0";
    fails_with("a.csv", "1\n2\n", "no column `0`");
}

static void json_is_read(void **state) {
    (void)state;
    gives("a.json", "[1, 2.5, \"3\"]", VALUES(1, 2.5, 3));
    config.pointer = "/runs/*";
    gives("a.json", "{\"runs\": [4, 5]}", VALUES(4, 5));
    config.pointer = "/runs/1";
    gives("a.json", "{\"runs\": [4, 5]}", VALUES(5));
    config.pointer = "/t";
    gives("a.jsonl", "{\"t\": 1}\n\n{\"t\": 2}\r\n", VALUES(1, 2));
    config.pointer = "/t/*";
    gives("a.ndjson", "{\"t\": [1, 2]}\n{\"t\": [3]}\n", VALUES(1, 2, 3));
    config.pointer = NULL;
    gives("a.jsonl", "1\n2\n", VALUES(1, 2));
}

static void broken_json_is_named(void **state) {
    (void)state;
    fails_with("a.json", "{\"runs\": [4, 5]}", "a.json: no list at `/*`");
    fails_with("a.json", "[1, 2", "a.json:");
    fails_with("a.json", "[1, 2] x", "a.json:");
    fails_with("a.json", "[1, NaN]", "a.json:");
    fails_with("a.json", "[1, null]", "a.json: value 2 at `/*`: it is null");
    fails_with("a.json", "[1, {}]", "value 2");
    config.pointer = "/t";
    fails_with("a.jsonl", "{\"t\": 1}\n{\"s\": 2}\n", "a.jsonl:2: no value at `/t`");
    fails_with("a.jsonl", "{\"t\": 1}\n{\"t\": \n", "a.jsonl:2:");
    config.pointer = "t";
    fails_with("a.json", "{\"t\": 1}", "starts with `/`");
    config.pointer = "/t";
    fails_with("a.csv", "t\n1\n", "`pointer` is for json");
    config.pointer = NULL;
    config.column = "t";
    fails_with("a.json", "[1]", "`column` is for csv");
}

static void the_first_can_be_thrown_away(void **state) {
    (void)state;
    config.skip = 2;
    gives("a.txt", "100\n90\n3\n4\n", VALUES(3, 4));
    fails_with("a.txt", "100\n90\n", "`skip` leaves no samples");
}

static void several_files_are_read_in_order(void **state) {
    (void)state;
    scratch_write(arena, folder, "b.txt", "3\n");
    scratch_write(arena, folder, "c.json", "[4]");
    scratch_write(arena, folder, "a.txt", "1\n2\n");
    assert_true(read_target("*.*"));
    assert_int_equal(host.emit_count, 4);
    for (size_t i = 0; i < 4; i++) assert_true(host.emits[i].value == (double)i + 1);
    scratch_write(arena, folder, "d.txt", "");
    assert_false(read_target("*.*")); /* an empty one among them is not passed over */
}

static void wrong_targets_fail(void **state) {
    (void)state;
    assert_false(read_target("absent.txt"));
    assert_int_equal(host.fault, PROBE_FAULT_TARGET);
    assert_false(read_target("*.none"));
    assert_int_equal(host.fault, PROBE_FAULT_TARGET);
    assert_false(read_target("."));
    assert_false(read_target("../*"));
    assert_int_equal(symlink("/etc/passwd", scratch_path(arena, folder, "link.txt")), 0);
    assert_false(read_target("link.txt"));
    assert_int_equal(mkfifo(scratch_path(arena, folder, "pipe.txt"), 0600), 0);
    assert_false(read_target("pipe.txt"));
    assert_int_equal(host.emit_count, 0);
}

static void sizes_are_bounded(void **state) {
    (void)state;
    const char *path = scratch_write(arena, folder, "big.txt", "1\n");
    size_t length = FORMAT_LINE_MAX + 10;
    char *line = arena_alloc(arena, length + 1);
    memset(line, '1', length);
    fails_with("long.txt", line, "a line of more than 1 MiB");
    assert_int_equal(truncate(path, (off_t)FORMAT_FILE_MAX + 100), 0);
    assert_false(read_target("big.txt"));
    config.format = 3;
    assert_int_equal(truncate(path, (off_t)FORMAT_JSON_MAX + 100), 0);
    assert_false(read_target("big.txt"));
    assert_non_null(strstr(host.message, "more than 16 MiB"));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    enum { BLOCK = 65536 };
    char *block = arena_alloc(arena, BLOCK);
    for (size_t i = 0; i < BLOCK; i++) block[i] = i % 1024 == 1023 ? '\n' : '#';
    for (size_t i = 0; i <= FORMAT_FILE_MAX / BLOCK; i++) fwrite(block, 1, BLOCK, file);
    fclose(file);
    config.format = 1;
    assert_false(read_target("big.txt"));
    assert_non_null(strstr(host.message, "more than 64 MiB"));
}

static void a_host_that_has_enough_is_heard(void **state) {
    (void)state;
    scratch_write(arena, folder, "a.txt", "1\n2\n3\nbroken\n");
    const char *target = "a.txt";
    probe_host_begin(&host, &samples_probe, &config, (struct probe_texts){&target, 1}, folder);
    host.emit_limit = 2;
    assert_true(probe_host_run(&host, 1));
    assert_int_equal(host.emit_count, 2);
}

static void formats_have_names(void **state) {
    (void)state;
    assert_string_equal(format_of_file("x/y.ndjson")->name, "jsonl");
    assert_string_equal(format_of_file("x.csv")->name, "csv");
    assert_string_equal(format_of_file("csv")->name, "lines");
    assert_ptr_equal(format_named("json"), format_of_file("a.json"));
    assert_null(format_named("xml"));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(lines_are_read),
        CASE(units_are_given_or_read),
        CASE(broken_lines_are_named),
        CASE(nothing_to_read_fails),
        CASE(csv_columns_are_found),
        CASE(broken_csv_is_named),
        CASE(json_is_read),
        CASE(broken_json_is_named),
        CASE(the_first_can_be_thrown_away),
        CASE(several_files_are_read_in_order),
        CASE(wrong_targets_fail),
        CASE(sizes_are_bounded),
        CASE(a_host_that_has_enough_is_heard),
        CASE(formats_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
