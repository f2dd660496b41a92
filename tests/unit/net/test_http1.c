#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/array.h"
#include "net/http1.h"

/* A whole answer's body read in steps of `step` bytes into `to`. */
static enum http1_result read_body(const char *text, size_t step, char *to, size_t *used) {
    struct http1_head head;
    struct http1_body body;
    const char *problem;
    size_t size = strlen(text), length = 0;
    assert_int_equal(http1_head_read(net_span_text(text), &head, &problem), HTTP1_DONE);
    http1_body_begin(&body, &head, false);
    for (size_t at = head.size; at < size;) {
        struct http1_piece piece;
        size_t part = size - at < step ? size - at : step;
        enum http1_result result =
            http1_body_read(&body, (struct net_span){text + at, part}, &piece, &problem);
        memcpy(to + length, piece.data.data, piece.data.size);
        length += piece.data.size;
        to[length] = '\0';
        at += piece.used;
        *used = at;
        if (result != HTTP1_MORE) return result;
        assert_true(piece.used > 0);
    }
    return http1_body_end(&body) == HTTP1_DONE ? HTTP1_DONE : HTTP1_MORE;
}

static void good_heads(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned status;
        enum http1_framing framing;
        uint64_t length;
        bool keep_alive;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, HTTP1_LENGTH, 5, true},
        {"HTTP/1.1 200\r\ncontent-length:0\r\n\r\n", 200, HTTP1_LENGTH, 0, true},
        {"HTTP/1.1 200 \r\nTRANSFER-ENCODING: Chunked\r\n\r\n", 200, HTTP1_CHUNKED, 0, true},
        {"HTTP/1.1 200 OK\r\n\r\n", 200, HTTP1_UNTIL_CLOSE, 0, true},
        {"HTTP/1.0 200 OK\r\n\r\n", 200, HTTP1_UNTIL_CLOSE, 0, false},
        {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n", 200,
         HTTP1_LENGTH, 1, true},
        {"HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 1\r\n\r\n", 200, HTTP1_LENGTH,
         1, false},
        {"HTTP/1.1 204 No\r\nContent-Length: 7\r\n\r\n", 204, HTTP1_EMPTY, 7, true},
        {"HTTP/1.1 304 No\r\nContent-Length: 7\r\n\r\n", 304, HTTP1_EMPTY, 7, true},
        {"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", 101, HTTP1_EMPTY, 0, true},
        {"HTTP/1.1 999 \xc3\xa4\r\nX: \xff\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", 999,
         HTTP1_LENGTH, 3, true},
    };
    for (size_t i = 0; i < array_length(cases); i++) {
        struct http1_head head;
        const char *problem;
        size_t size = strlen(cases[i].text);
        assert_int_equal(http1_head_read(net_span_text(cases[i].text), &head, &problem),
                         HTTP1_DONE);
        assert_int_equal(head.status, cases[i].status);
        assert_int_equal(head.framing, cases[i].framing);
        assert_int_equal(head.length, cases[i].length);
        assert_int_equal(head.keep_alive, cases[i].keep_alive);
        assert_int_equal(head.size, size);
        for (size_t cut = 0; cut < size; cut++) {
            struct net_span part = {cases[i].text, cut};
            assert_int_equal(http1_head_read(part, &head, &problem), HTTP1_MORE);
        }
    }
}

static void bad_heads(void **state) {
    (void)state;
    static const char *const cases[] = {
        "SSH-2.0-OpenSSH\r\n",
        "<html>",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.2 200 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200\tOK\r\n\r\n",
        "HTTP/1.1 200 O\x01K\r\n\r\n",
        "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 200 OK\r\nA: b\n\r\n",
        "HTTP/1.1 200 OK\r\nA b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\x7f\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    };
    for (size_t i = 0; i < array_length(cases); i++) {
        struct http1_head head = {.status = 7};
        const char *problem = NULL;
        if (http1_head_read(net_span_text(cases[i]), &head, &problem) != HTTP1_BAD)
            fail_msg("not refused: %s", cases[i]);
        assert_non_null(problem);
        assert_int_equal(head.status, 7);
    }
}

static void heads_are_bounded(void **state) {
    (void)state;
    size_t size = HTTP1_HEAD_LARGEST + 100;
    char *text = malloc(size);
    const char *problem;
    struct http1_head head;
    memset(text, 'x', size);
    memcpy(text, "HTTP/1.1 200 OK\r\nA: ", 20);
    assert_int_equal(http1_head_read((struct net_span){text, size}, &head, &problem), HTTP1_LARGE);
    assert_int_equal(http1_head_read((struct net_span){text, 1000}, &head, &problem), HTTP1_MORE);
    size = 17;
    for (int i = 0; i <= HTTP1_HEADERS_MOST; i++, size += 6) memcpy(text + size, "A: b\r\n", 6);
    memcpy(text + size, "\r\n", 2);
    struct net_span whole = {text, size + 2};
    assert_int_equal(http1_head_read(whole, &head, &problem), HTTP1_LARGE);
    free(text);
}

static void headers_are_found(void **state) {
    (void)state;
    const char *text = "HTTP/1.1 200 OK\r\nA: 1\r\nSet-Cookie:  x=y \t\r\nEmpty:\r\na: 2\r\n"
                       "Content-Length: 0\r\n\r\n";
    struct http1_head head;
    struct http1_header header;
    const char *problem;
    size_t at = 0, count = 0;
    assert_int_equal(http1_head_read(net_span_text(text), &head, &problem), HTTP1_DONE);
    while (http1_header_next(head.lines, &at, &header)) count++;
    assert_int_equal(count, 5);
    struct net_span value = http1_header_find(head.lines, "set-cookie");
    assert_true(net_span_equal(value, net_span_text("x=y")));
    assert_true(net_span_equal(http1_header_find(head.lines, "A"), net_span_text("1")));
    assert_int_equal(http1_header_find(head.lines, "empty").size, 0);
    assert_non_null(http1_header_find(head.lines, "empty").data);
    assert_null(http1_header_find(head.lines, "absent").data);
}

#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static void bodies(void **state) {
    (void)state;
    static const struct {
        const char *text, *body;
        size_t after; /* bytes behind the body */
        enum http1_result result;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloX", "hello", 1, HTTP1_DONE},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", "hello", 0, HTTP1_MORE},
        {"HTTP/1.1 200 OK\r\n\r\nhello", "hello", 0, HTTP1_DONE},
        {CHUNKED "5\r\nhello\r\n0\r\n\r\n", "hello", 0, HTTP1_DONE},
        {CHUNKED "1\r\nh\r\n4;a=\"b\"\r\nello\r\n000\r\nA: b\r\nC: d\r\n\r\nX", "hello", 1,
         HTTP1_DONE},
        {CHUNKED "00005 \r\nhello\r\n0\r\n\r\n", "hello", 0, HTTP1_DONE},
        {CHUNKED "a\r\n0123456789\r\nF\r\nabcdefghijklmno\r\n0\r\n\r\n",
         "0123456789abcdefghijklmno", 0, HTTP1_DONE},
        {CHUNKED "5\r\nhello\r\n", "hello", 0, HTTP1_MORE},
        {CHUNKED "5\r\nhelloX", "hello", 0, HTTP1_BAD},
        {CHUNKED "5\r\nhello\n", "hello", 0, HTTP1_BAD},
        {CHUNKED "5\nhello\r\n", "", 0, HTTP1_BAD},
        {CHUNKED "\r\nhello\r\n", "", 0, HTTP1_BAD},
        {CHUNKED "-1\r\n", "", 0, HTTP1_BAD},
        {CHUNKED "0x5\r\nhello\r\n", "", 0, HTTP1_BAD},
        {CHUNKED "ffffffffffffffffff\r\n", "", 0, HTTP1_BAD},
        {CHUNKED "0\r\n\rX", "", 0, HTTP1_BAD},
        {CHUNKED "0\r\nA\x01\r\n\r\n", "", 0, HTTP1_BAD},
        {CHUNKED "1;\x01\r\nx\r\n", "", 0, HTTP1_BAD},
    };
    for (size_t i = 0; i < array_length(cases); i++) {
        for (size_t step = 1; step < 64; step++) {
            char body[256] = "";
            size_t used = 0;
            enum http1_result result = read_body(cases[i].text, step, body, &used);
            if (result != cases[i].result) fail_msg("%s: %d", cases[i].text, result);
            assert_string_equal(body, cases[i].body);
            if (result == HTTP1_DONE)
                assert_int_equal(used + cases[i].after, strlen(cases[i].text));
        }
    }
}

static void chunk_lines_are_bounded(void **state) {
    (void)state;
    struct http1_head head = {.framing = HTTP1_CHUNKED};
    struct http1_body body;
    struct http1_piece piece;
    const char *problem;
    char line[HTTP1_CHUNK_LINE + 10];
    memset(line, 'x', sizeof line);
    memcpy(line, "5;", 2);
    http1_body_begin(&body, &head, false);
    struct net_span bytes = {line, sizeof line};
    assert_int_equal(http1_body_read(&body, bytes, &piece, &problem), HTTP1_LARGE);
    http1_body_begin(&body, &head, true);
    assert_int_equal(http1_body_read(&body, bytes, &piece, &problem), HTTP1_DONE);
    assert_int_equal(piece.used, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_heads),
        cmocka_unit_test(bad_heads),
        cmocka_unit_test(heads_are_bounded),
        cmocka_unit_test(headers_are_found),
        cmocka_unit_test(bodies),
        cmocka_unit_test(chunk_lines_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
