/* The reader over the corpus named by PERFBUDGET_CORPUS, a folder with wasm.tar.gz;
 * its manifest says of each file whether it is well formed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <spawn.h>
#include <sys/wait.h>

#include "base/array.h"
#include "base/diag.h"
#include "base/file.h"
#include "temp_folder.h"
#include "wasm/file.h"

extern char **environ;

enum { FIELDS = 8, PATH = 0, EXPECTED = 1, STRUCTURAL = 2, MESSAGE = 5, FILE_MAX = 16 << 20 };

/** What the manifest says of a file, and how the reader found it. */
enum tally {
    ACCEPTED,
    WRONGLY_REFUSED,
    REFUSED,
    WRONGLY_ACCEPTED,
    KNOWN_EXCEPTION,
    UNDECIDED, /* made by another project's tools; the manifest does not judge them */
    TALLIES
};

/** Files that are read otherwise than the manifest says, each with its reason. */
static const char *const exceptions[] = {
    /* array.new_data without a data count section: the manifest's source leaves that to
     * validation; the binary format (section 5.5.16) makes it malformed */
    "invalid/9879eebd74045082.wasm",
    /* a `sub` whose composite type begins with a byte that begins none: its source calls what its
     * own decoder says, "invalid leading byte", invalid; it is malformed */
    "component/invalid/b059bfcf2e6dc01c.wasm",
};

static bool is_exception(const char *path) {
    for (size_t i = 0; i < array_length(exceptions); i++)
        if (strcmp(path, exceptions[i]) == 0) return true;
    return false;
}

static enum tally judge(char *const fields[FIELDS], bool accepted) {
    bool accept = strcmp(fields[STRUCTURAL], "accept") == 0;
    if (!accept && strcmp(fields[STRUCTURAL], "reject") != 0) return UNDECIDED;
    if (accepted != accept && is_exception(fields[PATH])) return KNOWN_EXCEPTION;
    if (accept) return accepted ? ACCEPTED : WRONGLY_REFUSED;
    return accepted ? WRONGLY_ACCEPTED : REFUSED;
}

static enum tally read_one(const char *folder, char *const fields[FIELDS]) {
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    const char *bytes;
    size_t length;
    struct wasm_file file;
    struct wasm_problem problem;
    assert_true(
        file_read(arena, temp_path(folder, fields[PATH]), FILE_MAX, &bytes, &length, &diags));
    uint8_t *exact =
        malloc(length ? length : 1); /* so that a sanitizer sees reads beyond the end */
    assert_non_null(exact);
    memcpy(exact, bytes, length);
    struct wasm_span span = {exact, 0, length};
    bool accepted = wasm_file_read(arena, span, WASM_DECODE, &file, &problem);
    if (accepted) assert_int_equal(wasm_file_total(&file), length);
    if (!accepted) assert_non_null(problem.reason);
    if (!accepted) assert_true(problem.offset <= length);
    free(exact);
    enum tally tally = judge(fields, accepted);
    if (tally == WRONGLY_REFUSED)
        print_message("%s: byte %zu: %s\n", fields[PATH], problem.offset, problem.reason);
    if (tally == WRONGLY_ACCEPTED)
        print_message("%s: should be: %s\n", fields[PATH], fields[MESSAGE]);
    arena_free(arena);
    return tally;
}

static bool split_line(char *line, char *fields[FIELDS]) {
    for (size_t i = 0; i < FIELDS; i++) {
        fields[i] = line;
        line += strcspn(line, "\t");
        if (*line) *line++ = '\0';
    }
    return *fields[STRUCTURAL] != '\0';
}

static void read_all(const char *unpacked, size_t tallies[TALLIES]) {
    char folder[PATH_MAX];
    assert_true(snprintf(folder, sizeof folder, "%s/wasm", unpacked) < PATH_MAX);
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    const char *bytes;
    size_t length;
    assert_true(
        file_read(arena, temp_path(folder, "manifest.tsv"), FILE_MAX, &bytes, &length, &diags));
    char *line = arena_alloc(arena, length + 1);
    memcpy(line, bytes, length);
    line += strcspn(line, "\n"); /* the heading */
    while (*line) {
        char *fields[FIELDS], *begin = line + 1;
        line = begin + strcspn(begin, "\n");
        bool last = *line == '\0';
        *line = '\0';
        if (split_line(begin, fields)) tallies[read_one(folder, fields)]++;
        if (last) break;
        *line = '\n';
    }
    arena_free(arena);
}

static bool unpack(const char *corpus, const char *folder) {
    const char *const argv[] = {"tar", "-xzf", temp_path(corpus, "wasm.tar.gz"),
                                "-C",  folder, NULL};
    pid_t child;
    int status = 0;
    if (posix_spawnp(&child, "tar", NULL, NULL, (char *const *)(uintptr_t)argv, environ) != 0)
        return false;
    return waitpid(child, &status, 0) == child && status == 0;
}

static void corpus_is_told_apart(void **state) {
    (void)state;
    const char *corpus = getenv("PERFBUDGET_CORPUS");
    if (!corpus || access(temp_path(corpus, "wasm.tar.gz"), R_OK) != 0) {
        print_message("skipped: PERFBUDGET_CORPUS names no folder with wasm.tar.gz\n");
        skip();
    }
    char folder[PATH_MAX];
    size_t tallies[TALLIES] = {0};
    temp_folder_make(folder);
    bool unpacked = unpack(corpus, folder);
    if (unpacked) read_all(folder, tallies);
    temp_folder_remove(folder);
    assert_true(unpacked);
    print_message("%zu accepted, %zu refused, %zu exceptions, %zu undecided\n", tallies[ACCEPTED],
                  tallies[REFUSED], tallies[KNOWN_EXCEPTION], tallies[UNDECIDED]);
    assert_int_equal(tallies[WRONGLY_REFUSED], 0);
    assert_int_equal(tallies[WRONGLY_ACCEPTED], 0);
    assert_int_equal(tallies[KNOWN_EXCEPTION], array_length(exceptions));
    assert_int_equal(tallies[ACCEPTED], 5186);
    assert_int_equal(tallies[REFUSED], 646);
    assert_int_equal(tallies[UNDECIDED], 98);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(corpus_is_told_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
