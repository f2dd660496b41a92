/* The YAML test suite (402 cases, from outside the project): the folder named by PERFBUDGET_CORPUS
 * holds yaml-test-suite.tar.gz, with data/ID[/NN]/{in.yaml,in.json,error}. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "base/text.h"
#include "base/units.h"
#include "yaml/yaml.h"

#include <cmocka.h> /* last: its `fail` is also the name of a probe service */

extern char **environ;

enum { CASES = 402, INVALID = 94, LARGEST_CASE = 64 * 1024, OPEN_FOLDERS = 16 };

static char folder[1024];
static const char *corpus;

static struct { size_t cases, invalid, maps, maps_read, maps_refused; } counted;

static int unpack(void **state) {
    (void)state;
    char archive[4096];
    corpus = getenv("PERFBUDGET_CORPUS");
    if (!corpus) return 0;
    snprintf(archive, sizeof archive, "%s/yaml-test-suite.tar.gz", corpus);
    if (access(archive, R_OK) != 0) {
        corpus = NULL;
        return 0;
    }
    const char *temporary = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/perfbudget-suite-XXXXXX", temporary ? temporary : P_tmpdir);
    if (!mkdtemp(folder)) return -1;
    char *argv[] = {(char[]){"tar"}, (char[]){"xzf"}, archive, (char[]){"-C"}, folder, NULL};
    pid_t child = 0;
    int status = -1;
    if (posix_spawnp(&child, "tar", NULL, NULL, argv, environ) != 0) return -1;
    if (waitpid(child, &status, 0) != child) return -1;
    return status;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status, (void)kind, (void)walk;
    return remove(path);
}

static int clean_up(void **state) {
    (void)state;
    return corpus ? nftw(folder, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) : 0;
}

/* The bytes of a file, or NULL when there is none. */
static const char *load(struct arena *arena, const char *path, size_t *length) {
    CLEANUP(cleanup_file) FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    char *bytes = arena_alloc(arena, LARGEST_CASE);
    *length = fread(bytes, 1, LARGEST_CASE - 1, file);
    return bytes;
}

static bool same_scalar(const struct yaml_node *node, const json *expected) {
    if (node->kind != YAML_SCALAR) return false;
    if (json_is_text(expected)) return strcmp(node->text, json_text(expected, "")) == 0;
    double value = 0;
    if (json_is_number(expected))
        return number_parse(node->text, &value) && value == json_number(expected, 0);
    if (json_is_null(expected))
        return node->plain && (node->text[0] == '\0' || strcmp(node->text, "null") == 0 ||
                               strcmp(node->text, "~") == 0);
    return strcmp(node->text, json_flag(expected, false) ? "true" : "false") == 0;
}

/* Scalars are compared as text where the JSON has a string; where it has a number, true, false or
 * null (which YAML's own schema made of a plain text), by what the text says. */
static bool same_tree(const struct yaml_node *node, const json *expected) {
    bool is_map = json_is_object(expected), is_list = json_is_list(expected);
    if (!is_map && !is_list) return same_scalar(node, expected);
    if (node->kind != (is_map ? YAML_MAP : YAML_LIST)) return false;
    if (node->count != json_count(expected)) return false;
    size_t i = 0;
    for (const json *child = json_first(expected); child; child = json_next(child), i++) {
        const struct yaml_node *own = is_map ? yaml_get(node, json_name(child)) : node->items[i];
        if (!own || !same_tree(own, child)) return false;
    }
    return true;
}

static void check_map(const char *id, const struct yaml_node *root, const json *expected,
                      const struct diags *diags) {
    counted.maps++;
    if (root) {
        counted.maps_read++;
        if (!same_tree(root, expected)) fail_msg("%s: another tree than in.json", id);
        return;
    }
    counted.maps_refused++;
    if (diags->items[0].code == YAML_SYNTAX) /* no rule of ours */
        fail_msg("%s refused: %s", id, diags->items[0].message);
}

static void check_case(const char *path, const char *id) {
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    struct yaml_node *root = NULL;
    size_t length = 0;
    const char *in = load(arena, text_format(arena, "%s/in.yaml", path), &length);
    bool invalid = access(text_format(arena, "%s/error", path), F_OK) == 0;
    bool fine = yaml_read(arena, id, in, length, &yaml_bounds_default, &root, &diags);
    counted.cases++;
    counted.invalid += invalid;
    assert_true(fine == (root != NULL) && fine == (diags.errors == 0));
    if (invalid && fine) fail_msg("%s is invalid and was accepted", id);
    const char *problem = NULL,
               *expected = load(arena, text_format(arena, "%s/in.json", path), &length);
    json *tree = expected && !invalid ? json_read(arena, expected, length, &problem) : NULL;
    if (json_is_object(tree)) check_map(id, root, tree, &diags);
    json_free(tree);
    arena_free(arena);
}

static int visit(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status;
    const char *id = path + strlen(folder) + strlen("/data/");
    if (kind != FTW_F || strcmp(path + walk->base, "in.yaml") != 0) return 0;
    if (text_starts(id, "name/") || text_starts(id, "tags/")) return 0;
    char parent[4096], short_id[64];
    snprintf(parent, sizeof parent, "%.*s", walk->base - 1, path);
    snprintf(short_id, sizeof short_id, "%s", parent + (id - path));
    check_case(parent, short_id);
    return 0;
}

static void reads_or_refuses_the_whole_suite(void **state) {
    (void)state;
    if (!corpus) {
        print_message("skipped: PERFBUDGET_CORPUS names no folder with yaml-test-suite.tar.gz\n");
        skip();
    }
    assert_int_equal(nftw(folder, visit, OPEN_FOLDERS, FTW_PHYS), 0);
    print_message("%zu cases, %zu invalid and refused, %zu maps: %zu read, %zu refused\n",
                  counted.cases, counted.invalid, counted.maps, counted.maps_read,
                  counted.maps_refused);
    assert_int_equal(counted.cases, CASES);
    assert_int_equal(counted.invalid, INVALID);
    assert_int_equal(counted.maps, 118); /* with one map as their JSON */
    assert_true(counted.maps_read >= 69);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_or_refuses_the_whole_suite)};
    return cmocka_run_group_tests(tests, unpack, clean_up);
}
