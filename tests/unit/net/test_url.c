#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/text.h"
#include "net/url.h"

static int make_arena(void **state) {
    *state = arena_new();
    return 0;
}

static int free_arena(void **state) {
    arena_free(*state);
    return 0;
}

static void good_urls(void **state) {
    static const struct {
        const char *text, *host, *authority, *path;
        enum url_scheme scheme;
        unsigned port;
    } cases[] = {
        {"http://localhost", "localhost", "localhost", "/", URL_HTTP, 80},
        {"HTTPS://Example.COM:443/a/b?c=d#e", "example.com", "example.com", "/a/b?c=d", URL_HTTPS,
         443},
        {"ws://127.0.0.1:9000?x", "127.0.0.1", "127.0.0.1:9000", "/?x", URL_WS, 9000},
        {"wss://[::1]:8443/s", "::1", "[::1]:8443", "/s", URL_WSS, 8443},
        {"http://u:p%40@h.example:8080/", "h.example", "h.example:8080", "/", URL_HTTP, 8080},
        {"http://a_b-c.example./%20?a=/b", "a_b-c.example.", "a_b-c.example.", "/%20?a=/b",
         URL_HTTP, 80},
    };
    for (size_t i = 0; i < array_length(cases); i++) {
        struct url url;
        const char *problem = "";
        assert_true(url_parse(*state, cases[i].text, &url, &problem));
        assert_string_equal(url.host, cases[i].host);
        assert_string_equal(url.authority, cases[i].authority);
        assert_string_equal(url.path, cases[i].path);
        assert_int_equal(url.scheme, cases[i].scheme);
        assert_int_equal(url.port, cases[i].port);
    }
}

static void bad_urls(void **state) {
    static const char *const cases[] = {
        "",
        "localhost:80",
        "ftp://h/",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://:80/",
        "http://h:0/",
        "http://h:65536/",
        "http://h:/",
        "http://h:8a/",
        "http://h:000080/",
        "http://a b/",
        "http://h/\n",
        "http://h/\xc3\xa4",
        "http://[::1/",
        "http://[1.2.3.4]/",
        "http://[::1]x/",
        "http://h%41/",
        "http://127.1/",
        "http://0x7f000001/",
        "http://1.2.3.4.5/",
        "http://2130706433/",
        "http://u%zz@h/",
        "http://u%00@h/",
        "http://h\\@evil/",
    };
    for (size_t i = 0; i < array_length(cases); i++) {
        struct url url = {.port = 7};
        const char *problem = NULL;
        if (url_parse(*state, cases[i], &url, &problem)) fail_msg("accepted: %s", cases[i]);
        assert_non_null(problem);
        assert_int_equal(url.port, 7);
    }
}

static void user_and_password_stay_out_of_what_is_shown(void **state) {
    struct url url;
    const char *problem;
    assert_true(url_parse(*state, "https://me:s%3acr%65t@h/p?q", &url, &problem));
    assert_string_equal(url.user, "me");
    assert_string_equal(url.password, "s:cret");
    assert_string_equal(url_show(*state, &url), "https://h/p?q");
}

/* RFC 3986, section 5.4: base http://a/b/c/d;p?q. */
static void joins(void **state) {
    static const struct {
        const char *location, *whole;
    } cases[] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},
        {"", "http://a/b/c/d;p?q"},
        {";x", "http://a/b/c/;x"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {"..g", "http://a/b/c/..g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/../h", "http://a/b/c/h"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"https://b:444/x/../y", "https://b:444/y"},
    };
    struct url base, url;
    const char *problem;
    assert_true(url_parse(*state, "http://me:pw@a/b/c/d;p?q", &base, &problem));
    for (size_t i = 0; i < array_length(cases); i++) {
        assert_true(url_join(*state, &base, cases[i].location, &url, &problem));
        assert_string_equal(url_show(*state, &url), cases[i].whole);
        assert_int_equal(url.user != NULL, url_same_origin(&base, &url));
    }
    assert_false(url_join(*state, &base, "file:///etc/passwd", &url, &problem));
    assert_false(url_join(*state, &base, "javascript:alert(1)", &url, &problem));
    assert_false(url_join(*state, &base, "/a b", &url, &problem));
}

static void loopback(void **state) {
    static const struct {
        const char *text;
        bool loopback;
    } cases[] = {
        {"http://localhost/", true},  {"http://a.localhost/", true},
        {"http://127.9.0.1/", true},  {"http://[::1]/", true},
        {"http://128.0.0.1/", false}, {"http://localhost.example/", false},
        {"http://[::2]/", false},
    };
    for (size_t i = 0; i < array_length(cases); i++) {
        struct url url;
        const char *problem;
        assert_true(url_parse(*state, cases[i].text, &url, &problem));
        assert_int_equal(url_is_loopback(&url), cases[i].loopback);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_urls),
        cmocka_unit_test(bad_urls),
        cmocka_unit_test(user_and_password_stay_out_of_what_is_shown),
        cmocka_unit_test(joins),
        cmocka_unit_test(loopback),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
