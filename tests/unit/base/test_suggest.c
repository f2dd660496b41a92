#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/suggest.h"

static const char *const keys[] = {"title", "why",        "fix",     "owner",  "tags",
                                   "runs",  "time_limit", "timeout", "limits", "severity"};

static const char *near(const char *word) {
    return suggest(word, keys, array_length(keys));
}

static void finds_what_was_meant(void **state) {
    (void)state;
    assert_string_equal(near("titel"), "title"); /* a swap counts 1 */
    assert_string_equal(near("time-limit"), "time_limit");
    assert_string_equal(near("TIMEOUT"), "timeout");
    assert_string_equal(near("limit"), "limits");
    assert_string_equal(near("sevirety"), "severity");
    assert_string_equal(near("fx"), "fix");
}

static void keeps_quiet_about_strangers(void **state) {
    (void)state;
    assert_null(near("banana"));
    assert_null(near(""));
    assert_null(near("x"));
    assert_null(near("zzz"));
    char longer[200];
    memset(longer, 't', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_null(near(longer));
    assert_null(suggest("a", NULL, 0));
}

static void takes_the_nearest_and_the_first_of_equals(void **state) {
    (void)state;
    static const char *const words[] = {"gzip_level", "gzip", "gzap"};
    assert_string_equal(suggest("gzipp", words, 3), "gzip");
    assert_string_equal(suggest("gz", words, 3), "gzip");
    static const char *const equals[] = {"cat", "car"};
    assert_string_equal(suggest("cax", equals, 2), "cat");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_meant),
        cmocka_unit_test(keeps_quiet_about_strangers),
        cmocka_unit_test(takes_the_nearest_and_the_first_of_equals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
