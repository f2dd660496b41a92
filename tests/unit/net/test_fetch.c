#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "http_server.h"
#include "net/fetch.h"
#include "scratch.h"

#include <cmocka.h>

static struct arena *arena;
static struct http_server server;

/* Far more than anything here takes; only a hang reaches it. */
static uint64_t soon(void) {
    return clock_now() + 60000000000u;
}

static void echo(int connection, const char *request) {
    http_answer(connection, "200 OK", "X-Was: here\r\n", request);
}

static void redirect(int connection, const char *request, const char *path, const char *to) {
    char line[256];
    if (!http_is(request, path)) return;
    snprintf(line, sizeof line, "Location: %s\r\n", to);
    http_answer(connection, "302 Found", line, "moved");
}

static void endless(int connection, bool chunked) {
    http_say(connection, chunked ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 : "HTTP/1.1 200 OK\r\n\r\n");
    const char *piece = chunked ? "4\r\nmore\r\n" : "more and more and more";
    while (send(connection, piece, strlen(piece), MSG_NOSIGNAL) > 0)
        ;
}

static void wait_for_the_end(int connection) {
    char byte;
    while (recv(connection, &byte, 1, 0) > 0)
        ;
}

static void answer(int connection, const char *request) {
    if (*request < 'A') http_say(connection, "HTTP/1.1 400 Bad Request\r\n\r\n"); /* TLS */
    if (http_is(request, "/echo")) echo(connection, request);
    if (http_is(request, "/busy"))
        http_answer(connection, "503 Busy", "Retry-After: 120\r\n", "later");
    redirect(connection, request, "/moved", "/echo");
    redirect(connection, request, "/loop", "/loop");
    redirect(connection, request, "/away", "http://127.0.0.2:1/echo");
    redirect(connection, request, "/scheme", "https://127.0.0.1/echo");
    redirect(connection, request, "/file", "file:///etc/passwd");
    if (http_is(request, "/endless")) endless(connection, false);
    if (http_is(request, "/chunked")) endless(connection, true);
    if (http_is(request, "/hang")) wait_for_the_end(connection);
    if (http_is(request, "/short")) {
        http_say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    }
    if (http_is(request, "/old")) http_say(connection, "no HTTP at all\r\n");
    if (http_is(request, "/badchunk"))
        http_say(connection,
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n");
    if (http_is(request, "/heads")) {
        http_say(connection, "HTTP/1.1 200 OK\r\n");
        for (int i = 0; i < 10000; i++) http_say(connection, "X-Line: of some length\r\n");
    }
    if (http_is(request, "/continue")) {
        http_say(connection, "HTTP/1.1 103 Early Hints\r\nX-Was: early\r\n\r\n");
        echo(connection, request);
    }
}

static int set_up(void **state) {
    (void)state;
    arena = arena_new();
    http_start(&server, answer);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    http_stop(&server);
    arena_free(arena);
    return 0;
}

static const char *url(const char *path) {
    return text_format(arena, "http://127.0.0.1:%d%s", server.port, path);
}

static struct fetch_request request_of(const char *path) {
    return (struct fetch_request){.url = url(path), .deadline = soon(), .cancel_fd = -1};
}

static struct fetch_answer ask(struct fetch_request request) {
    struct fetch_answer got;
    fetch(arena, &request, &got);
    return got;
}

static struct fetch_answer get(const char *path) {
    return ask(request_of(path));
}

static void a_get_is_answered(void **state) {
    (void)state;
    struct fetch_answer got = get("/echo?a=b");
    assert_int_equal(got.end, FETCH_ANSWERED);
    assert_null(got.problem);
    assert_int_equal(got.status, 200);
    assert_int_equal(got.length, strlen(got.body));
    assert_true(text_starts(got.body, "GET /echo?a=b HTTP/1.1\r\n"));
    assert_string_equal(fetch_header(arena, &got, "x-was"), "here");
    assert_null(fetch_header(arena, &got, "x"));
    assert_true(isnan(got.retry_after));
}

static void a_post_carries_body_headers_and_token(void **state) {
    (void)state;
    const char *const headers[] = {"Content-Type: application/json", "X-Own: 1", NULL};
    struct fetch_request request = request_of("/echo");
    request.body = "{\"a\":1}";
    request.length = 7;
    request.headers = headers;
    request.bearer = "t0ken";
    struct fetch_answer got = ask(request);
    assert_int_equal(got.status, 200);
    assert_true(text_starts(got.body, "POST /echo "));
    assert_non_null(strstr(got.body, "\r\nAuthorization: Bearer t0ken\r\n"));
    assert_non_null(strstr(got.body, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(got.body, "\r\nX-Own: 1\r\n"));
    assert_true(text_ends(got.body, "\r\n\r\n{\"a\":1}"));
    request.method = "PATCH";
    assert_true(text_starts(ask(request).body, "PATCH /echo "));
}

static void basic_authentication_is_encoded(void **state) {
    (void)state;
    struct fetch_request request = request_of("/echo");
    request.user = "Aladdin"; /* the example of RFC 7617 */
    request.password = "open sesame";
    assert_non_null(
        strstr(ask(request).body, "\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
}

static void an_error_status_is_an_answer(void **state) {
    (void)state;
    struct fetch_answer got = get("/busy");
    assert_int_equal(got.end, FETCH_ANSWERED);
    assert_int_equal(got.status, 503);
    assert_true(got.retry_after == 120);
    assert_string_equal(got.body, "later");
}

static void early_answers_are_passed_over(void **state) {
    (void)state;
    struct fetch_answer got = get("/continue");
    assert_int_equal(got.status, 200);
    assert_string_equal(fetch_header(arena, &got, "X-Was"), "here");
}

static void redirects_are_bounded_and_stay_at_home(void **state) {
    (void)state;
    assert_int_equal(get("/moved").status, 302);
    struct fetch_request request = request_of("/moved");
    request.redirects = 3;
    assert_true(text_starts(ask(request).body, "GET /echo "));
    static const char *const refused[] = {"/loop", "/away", "/scheme", "/file"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        request.url = url(refused[i]);
        struct fetch_answer got = ask(request);
        assert_int_equal(got.end, FETCH_REFUSED);
        assert_int_equal(got.status, 0);
    }
    int before = atomic_load(&server.requests);
    request.url = url("/loop");
    ask(request);
    assert_int_equal(atomic_load(&server.requests) - before, 4);
    request.url = url("/moved");
    request.body = "x";
    request.length = 1;
    assert_int_equal(ask(request).status, 302);
}

static void endless_bodies_end_at_the_limit(void **state) {
    (void)state;
    static const char *const paths[] = {"/endless", "/chunked", "/heads"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct fetch_request request = request_of(paths[i]);
        request.limit = 100000;
        struct fetch_answer got = ask(request);
        assert_int_equal(got.end, FETCH_TOO_LARGE);
        assert_string_equal(got.body, "");
    }
    struct fetch_request request = request_of("/busy");
    request.limit = 5;
    assert_int_equal(ask(request).end, FETCH_ANSWERED);
    request.limit = 4;
    assert_int_equal(ask(request).end, FETCH_TOO_LARGE);
}

static void what_is_no_answer_is_broken(void **state) {
    (void)state;
    static const char *const paths[] = {"/short", "/old", "/badchunk", "/nothing"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct fetch_answer got = get(paths[i]);
        assert_int_equal(got.end, FETCH_BROKEN);
        assert_true(got.problem && *got.problem);
    }
}

static void a_deadline_and_a_cancel_end_it(void **state) {
    (void)state;
    struct fetch_request request = request_of("/hang");
    request.deadline = clock_now() + 50000000;
    assert_int_equal(ask(request).end, FETCH_TIMED_OUT);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    request.deadline = soon();
    request.cancel_fd = ends[0];
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(ask(request).end, FETCH_CANCELLED);
    close(ends[0]);
    close(ends[1]);
}

static void nobody_there_is_said_so(void **state) {
    (void)state;
    struct http_server gone;
    http_start(&gone, answer);
    http_stop(&gone);
    struct fetch_request request = request_of("/");
    request.url = text_format(arena, "http://127.0.0.1:%d/", gone.port);
    assert_int_equal(ask(request).end, FETCH_UNREACHABLE);
    request.url = "http://no.such.host.invalid/";
    assert_int_equal(ask(request).end, FETCH_UNREACHABLE);
}

static void plain_http_is_no_tls(void **state) {
    (void)state;
    struct fetch_request request = request_of("/");
    request.url = text_format(arena, "https://127.0.0.1:%d/", server.port);
    assert_int_equal(ask(request).end, FETCH_UNTRUSTED);
}

static void a_proxy_is_used_only_when_asked(void **state) {
    (void)state;
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("no_proxy", "", 1);
    assert_int_equal(get("/echo").end, FETCH_ANSWERED);
    struct fetch_request request = request_of("/echo");
    request.proxy_of_environment = true;
    assert_int_equal(ask(request).end, FETCH_UNREACHABLE);
    unsetenv("http_proxy");
    unsetenv("no_proxy");
    request.url = "http://elsewhere.invalid/echo";
    request.proxy = url("");
    /* a proxy is asked with the whole URL */
    assert_int_equal(ask(request).end, FETCH_BROKEN);
}

static void unix_sockets_are_spoken_to(void **state) {
    (void)state;
    struct http_server local;
    const char *folder = scratch_new(arena);
    const char *path = scratch_path(arena, folder, "s");
    http_start_unix(&local, answer, path);
    struct fetch_request request = request_of("/echo");
    request.url = "http://localhost/echo";
    request.unix_socket = path;
    assert_int_equal(ask(request).status, 200);
    http_stop(&local);
    request.unix_socket = scratch_path(arena, folder, "none");
    assert_int_equal(ask(request).end, FETCH_UNREACHABLE);
    scratch_remove(folder);
}

static void unsound_requests_are_refused(void **state) {
    (void)state;
    static const char *const urls[] = {"file:///etc/passwd",
                                       "ftp://127.0.0.1/",
                                       "/echo",
                                       "",
                                       "http://",
                                       "http://user:secret@127.0.0.1/",
                                       "http://127.0.0.1:99999/"};
    int before = atomic_load(&server.requests);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct fetch_request request = request_of("/echo");
        request.url = urls[i];
        struct fetch_answer got = ask(request);
        assert_int_equal(got.end, FETCH_REFUSED);
        assert_null(strstr(got.problem, "secret"));
    }
    const char *const split[] = {"X: a\r\nY: b", NULL};
    struct fetch_request request = request_of("/echo");
    request.headers = split;
    assert_int_equal(ask(request).end, FETCH_REFUSED);
    request.headers = NULL;
    request.bearer = "a\nb";
    assert_int_equal(ask(request).end, FETCH_REFUSED);
    request.bearer = NULL;
    request.method = "GET / HTTP/1.1\r\nX:";
    assert_int_equal(ask(request).end, FETCH_REFUSED);
    assert_int_equal(atomic_load(&server.requests), before);
}

static void places_and_queries_are_read(void **state) {
    (void)state;
    struct fetch_place place;
    const char *problem;
    assert_true(fetch_place(arena, "http://[::1]:8080/x?y", &place, &problem));
    assert_string_equal(place.host, "[::1]");
    assert_int_equal(place.port, 8080);
    assert_true(fetch_place(arena, "https://Example.org", &place, &problem));
    assert_int_equal(place.port, 443);
    assert_string_equal(place.scheme, "https");
    assert_string_equal(fetch_encode(arena, "a b+c&d=\xc3\xa4~"), "a%20b%2Bc%26d%3D%C3%A4~");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_get_is_answered),
        CASE(a_post_carries_body_headers_and_token),
        CASE(basic_authentication_is_encoded),
        CASE(an_error_status_is_an_answer),
        CASE(early_answers_are_passed_over),
        CASE(redirects_are_bounded_and_stay_at_home),
        CASE(endless_bodies_end_at_the_limit),
        CASE(what_is_no_answer_is_broken),
        CASE(a_deadline_and_a_cancel_end_it),
        CASE(nobody_there_is_said_so),
        CASE(plain_http_is_no_tls),
        CASE(a_proxy_is_used_only_when_asked),
        CASE(unix_sockets_are_spoken_to),
        CASE(unsound_requests_are_refused),
        CASE(places_and_queries_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
