/* The plugins in docs/plugins.md are whole ones: what stands there is built, loaded and measures.
 */
#include "plugin_support.h"

/* The first block of that language, or a failure. */
static const char *block_of(struct bench *bench, const char *language) {
    const char *bytes;
    size_t length;
    assert_true(file_read(bench->arena, REPOSITORY "/docs/plugins.md", 1 << 20, &bytes, &length,
                          &bench->diags));
    const char *fence = text_format(bench->arena, "\n```%s\n", language);
    const char *start = strstr(bytes, fence);
    if (!start) fail_msg("docs/plugins.md has no block of %s", language);
    start += strlen(fence);
    const char *end = strstr(start, "\n```");
    assert_non_null(end);
    return text_copy_bytes(bench->arena, start, (size_t)(end + 1 - start));
}

static void test_shared_object(void **state) {
    (void)state;
    struct bench bench;
    bench_begin(&bench);
    const char *source =
        scratch_write(bench.arena, bench.folder, "entries.c", block_of(&bench, "c"));
    static const char *const strict[] = {"-Wall", "-Wextra", "-Werror",
                                         "-Wno-missing-field-initializers", NULL};
    const char *object = bench_compile(&bench, source, strict);
    if (!object) bench_skip(&bench);
    if (!registry_add_plugin(&bench.registry, object, &bench.diags))
        fail_msg("%s", bench.diags.items[0].message);
    assert_int_equal(mkdir(scratch_path(bench.arena, bench.folder, "src"), 0755), 0);
    scratch_write(bench.arena, bench.folder, "src/a", "a");
    scratch_write(bench.arena, bench.folder, "src/b", "b");
    const struct probe *probe = registry_find(&bench.registry, "entries");
    struct measured measured = bench_measure(&bench, probe, "src", NULL, 1);
    assert_true(measured_value(&bench, &measured, "entries") == 2);
    measured = bench_measure(&bench, probe, "nosuch", NULL, 1);
    assert_int_equal(measured_error(&measured)->code, PROBE_FAILED_TARGET);
    bench_end(&bench);
}

static void test_executable(void **state) {
    (void)state;
    struct bench bench;
    bench_begin(&bench);
    const char *script = scratch_write(bench.arena, bench.folder, "todo", block_of(&bench, "sh"));
    assert_int_equal(chmod(script, 0755), 0);
    if (!registry_add_plugin(&bench.registry, script, &bench.diags))
        fail_msg("%s", bench.diags.items[0].message);
    scratch_write(bench.arena, bench.folder, "a.c", "TODO one\nfine\nTODO two\n");
    const struct probe *probe = registry_find(&bench.registry, "todo");
    struct measured measured = bench_measure(&bench, probe, "a.c", NULL, 1);
    assert_true(measured_value(&bench, &measured, "open") == 2);
    measured = bench_measure(&bench, probe, "nosuch", NULL, 1);
    assert_int_equal(measured_error(&measured)->code, PROBE_FAILED_TARGET);
    bench_end(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shared_object),
        cmocka_unit_test(test_executable),
    };
    process_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
