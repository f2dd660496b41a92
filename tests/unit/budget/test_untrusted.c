/* What a stranger's budget file may ask for, and what is refused by name. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

static struct fixture *untrusted(void **state) {
    struct fixture *f = *state;
    static const char *const hosts[] = {"metrics.example.org", "[::1]"};
    static const char *const names[] = {"PB_TEST_OPEN"};
    f->request.untrusted = f->request.no_exec = true;
    f->request.allow_hosts = (struct probe_texts){hosts, array_length(hosts)};
    f->request.allow_env = (struct probe_texts){names, 1};
    return f;
}

static const char *load_problems(struct fixture *f, const char *target) {
    fixture_text(f, text_format(f->arena,
                                "version: 1\nbudgets:\n  b: {load: '%s', limits: {p95: 1s}}\n",
                                target));
    return fixture_problems(f);
}

static void test_hosts(void **state) {
    struct fixture *f = untrusted(state);
    static const char *const good[] = {
        "https://metrics.example.org", "http://METRICS.example.org:9090/x",
        "metrics.example.org:80",      "https://user:word@metrics.example.org/?q=1",
        "http://[::1]:8080/",
    };
    static const char *const bad[] = {
        "https://example.org",
        "http://169.254.169.254/latest/meta-data",
        "https://metrics.example.org@evil.example",
        "https://metrics.example.org.evil.example",
        "https://evil.example\\\\@metrics.example.org",
        "https://evil.example/?https://metrics.example.org",
        "https://metrics.example.org/?u=http://evil.example",
        "file:///etc/passwd",
        "http://[::2]/",
        "evil",
        "https://{{host}}/",
    };
    for (size_t i = 0; i < array_length(good); i++)
        assert_string_equal(load_problems(f, good[i]), "");
    for (size_t i = 0; i < array_length(bad); i++)
        assert_string_equal(load_problems(f, bad[i]), "untrusted-refused@3:3");
}

static void test_environment(void **state) {
    struct fixture *f = untrusted(state);
    setenv("PB_TEST_OPEN", "a", 1);
    setenv("PB_TEST_SHUT", "canary-value", 1);
    fixture_text(f, "version: 1\nenv: [PB_TEST_OPEN, PB_TEST_SHUT]\nbudgets:\n  b: {files: "
                    "'${env:PB_TEST_OPEN}', limits: {raw: 1KB}}\n");
    assert_string_equal(fixture_problems(f), "");
    fixture_text(f, "version: 1\nenv: [PB_TEST_OPEN, PB_TEST_SHUT]\nbudgets:\n  b: {files: "
                    "'${env:PB_TEST_SHUT}', limits: {raw: 1KB}}\n");
    assert_string_equal(fixture_problems(f), "untrusted-refused@4:14");
    assert_null(strstr(f->diags.items[0].message, "canary"));
    fixture_text(f, "version: 1\nenv: [PB_TEST_OPEN, PB_TEST_SHUT]\nvars: {x: "
                    "'${env:PB_TEST_SHUT}'}\nbudgets:\n  b: {files: '${x}', limits: {raw: 1KB}}\n");
    assert_string_equal(fixture_problems(f), "untrusted-refused@5:14");
    unsetenv("PB_TEST_SHUT");
    fixture_text(f, "version: 1\nenv: [PB_TEST_SHUT]\nbudgets:\n  b: {files: "
                    "'${env:PB_TEST_SHUT}', limits: {raw: 1KB}}\n");
    assert_string_equal(fixture_problems(f), "untrusted-refused@4:14");
}

/* What is not selected does not run, so that it needs no leave. */
static void test_bounds(void **state) {
    struct fixture *f = untrusted(state);
    static const char text[] =
        "version: 1\nbudgets:\n  slow: {files: a, time_limit: 61s, limits: {raw: 1KB}}\n"
        "  late: {files: a, timeout: 2min, limits: {raw: 1KB}}\n"
        "  runs: {runner: ./run, limits: {p95: 1s}}\n"
        "  fine: {files: a, time_limit: 60s, limits: {raw: 1KB}}\n";
    static const char *const fine[] = {"fine"};
    assert_false(fixture_text(f, text));
    assert_string_equal(fixture_problems(f),
                        "untrusted-refused@3:3 untrusted-refused@4:3 exec-refused@5:3");
    assert_int_equal(diags_exit_code(&f->diags), 5);
    f->request.only = (struct probe_texts){fine, 1};
    assert_true(fixture_text(f, text));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        fixture_test(test_hosts),
        fixture_test(test_environment),
        fixture_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
