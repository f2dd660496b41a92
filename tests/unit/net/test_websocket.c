/* Frames and handshakes of WebSocket, held against RFC 6455. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/array.h"
#include "net/websocket_frames.h"
#include "net/websocket_handshake.h"

#define BYTES(text) \
    { text, sizeof(text) - 1 }

/* What a reader makes of bytes, in steps of any size: "T:Hello" for a text, and so on. */
static enum websocket_result read_all(struct net_span bytes, size_t step, bool masked, char *log) {
    struct websocket_reader reader = {.limit = 70000, .masked = masked};
    enum websocket_result result = WEBSOCKET_MORE;
    size_t length = 0;
    for (size_t at = 0; at < bytes.size && result < WEBSOCKET_BAD;) {
        struct websocket_piece piece;
        size_t left = bytes.size - at;
        char *copy =
            malloc(left < step ? left : step); /* exactly as large: nothing beyond is read */
        memcpy(copy, bytes.data + at, left < step ? left : step);
        result =
            websocket_read(&reader, (struct net_span){copy, left < step ? left : step}, &piece);
        free(copy);
        at += piece.used;
        if (result >= WEBSOCKET_BAD) assert_non_null(piece.problem);
        if (result != WEBSOCKET_MESSAGE) continue;
        log[length++] = "?TB?????CPQ"[piece.opcode];
        if (piece.opcode == WEBSOCKET_CLOSE) log[length++] = (char)('0' + piece.code % 10);
        log[length++] = ':';
        size_t shown = piece.payload.size < 20 ? piece.payload.size : 20;
        if (shown) memcpy(log + length, piece.payload.data, shown);
        length += shown;
        log[length++] = ' ';
    }
    log[length] = '\0';
    websocket_reader_release(&reader);
    return result;
}

static void expect_log(struct net_span bytes, bool masked, const char *expected) {
    static const size_t steps[] = {SIZE_MAX, 1, 2, 3, 7};
    for (size_t i = 0; i < array_length(steps); i++) {
        char log[400];
        assert_true(read_all(bytes, steps[i], masked, log) < WEBSOCKET_BAD);
        assert_string_equal(log, expected);
    }
}

/* The examples of section 5.7, and fragments with control frames between. */
static void good_frames(void **state) {
    (void)state;
    static const struct {
        struct net_span bytes;
        bool masked;
        const char *expected;
    } rows[] = {
        {BYTES("\x81\x05Hello"), false, "T:Hello "},
        {BYTES("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), true, "T:Hello "},
        {BYTES("\x01\x03Hel\x80\x02lo"), false, "T:Hello "},
        {BYTES("\x89\x05Hello"), false, "P:Hello "},
        {BYTES("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), true, "Q:Hello "},
        {BYTES("\x01\x03Hel\x89\x01!\x80\x02lo\x81\x01x"), false, "P:! T:Hello T:x "},
        {BYTES("\x82\x02\xff\xfe"), false, "B:\xff\xfe "},
        {BYTES("\x81\x00"), false, "T: "},
        {BYTES("\x01\x00\x00\x00\x80\x00"), false, "T: "},
        {BYTES("\x88\x00"), false, "C5: "},
        {BYTES("\x88\x02\x03\xe8"), false, "C0:\x03\xe8 "},
        {BYTES("\x88\x05\x0b\xb8"
               "bye"),
         false,
         "C0:\x0b\xb8"
         "bye "},
        {BYTES("\x01\x01\xc3\x80\x01\xbc"), false, "T:\xc3\xbc "}, /* a character in two frames */
        {BYTES("\x81\x04\xf4\x8f\xbf\xbf"), false, "T:\xf4\x8f\xbf\xbf "},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        expect_log(rows[i].bytes, rows[i].masked, rows[i].expected);
}

static void bad_frames(void **state) {
    (void)state;
    static const struct {
        struct net_span bytes;
        bool masked;
    } rows[] = {
        {BYTES("\xc1\x01x"), false}, /* reserved bits */
        {BYTES("\xa1\x01x"), false},
        {BYTES("\x91\x01x"), false},
        {BYTES("\x83\x01x"), false}, /* reserved opcodes */
        {BYTES("\x8b\x00"), false},
        {BYTES("\x81\x81\1\2\3\4x"), false},
        {BYTES("\x81\x01x"), true},           /* not masked by a client */
        {BYTES("\x09\x00"), false},           /* a ping in pieces */
        {BYTES("\x89\x7e\x00\x7e"), false},   /* and one of 126 bytes */
        {BYTES("\x80\x01x"), false},          /* nothing to continue */
        {BYTES("\x01\x01x\x81\x01y"), false}, /* a message within another */
        {BYTES("\x81\x7e\x00\x7d"), false},   /* lengths that are too long */
        {BYTES("\x81\x7f\0\0\0\0\0\0\xff\xff"), false},
        {BYTES("\x81\x7f\x80\0\0\0\0\0\0\0"), false},
        {BYTES("\x81\x02\xc3("), false}, /* no UTF-8 */
        {BYTES("\x81\x01\xc3"), false},
        {BYTES("\x01\x01\xc3\x80\x01("), false},
        {BYTES("\x81\x03\xed\xa0\x80"), false},
        {BYTES("\x81\x02\xc0\x80"), false},
        {BYTES("\x81\x04\xf4\x90\x80\x80"), false},
        {BYTES("\x81\x03\xe0\x80\x80"), false},
        {BYTES("\x81\x05\xff"), false}, /* as soon as it shows */
        {BYTES("\x88\x01\x03"), false}, /* close frames */
        {BYTES("\x88\x02\x03\xec"), false},
        {BYTES("\x88\x02\x03\xed"), false},
        {BYTES("\x88\x02\x03\xee"), false},
        {BYTES("\x88\x02\x03\xf7"), false},
        {BYTES("\x88\x02\x03\xe7"), false},
        {BYTES("\x88\x02\x13\x88"), false},
        {BYTES("\x88\x03\x03\xe8\xff"), false},
        {BYTES("\x88\x03\x03\xe8\xc3"), false},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        char log[400];
        for (size_t step = 1; step < 12; step += 5)
            if (read_all(rows[i].bytes, step, rows[i].masked, log) != WEBSOCKET_BAD)
                fail_msg("row %zu in steps of %zu is taken as %s", i, step, log);
    }
}

static void bounds(void **state) {
    (void)state;
    static const struct net_span large[] = {
        BYTES("\x82\x7f\0\0\0\0\0\1\x11\x71"), /* 70,001 */
        BYTES("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"),
        BYTES("\x02\x01x\x80\x7f\0\0\0\0\0\1\x11\x70"), /* 1 and 70,000 */
    };
    char log[400];
    for (size_t i = 0; i < array_length(large); i++)
        assert_int_equal(read_all(large[i], SIZE_MAX, false, log), WEBSOCKET_LARGE);
}

/* What is written is read as the same, at every length that changes the header. */
static void written_is_read(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 125, 126, 127, 65535, 65536, 70000};
    static const unsigned char mask[4] = {0x12, 0xfe, 0, 0x99};
    static char payload[70000];
    for (size_t i = 0; i < sizeof payload; i++) payload[i] = (char)(i * 7 % 251);
    for (size_t i = 0; i < 2 * array_length(sizes); i++) {
        bool masked = i & 1;
        const struct websocket_frame frame = {.opcode = WEBSOCKET_BINARY,
                                              .mask = masked ? mask : NULL,
                                              .payload = {payload, sizes[i / 2]}};
        size_t size = websocket_frame_size(&frame);
        char *bytes = malloc(size);
        websocket_frame_write(&frame, bytes);
        struct websocket_reader reader = {.limit = 70000, .masked = masked};
        struct websocket_piece piece;
        assert_int_equal(websocket_read(&reader, (struct net_span){bytes, size}, &piece),
                         WEBSOCKET_MESSAGE);
        assert_int_equal(piece.used, size);
        assert_true(net_span_equal(piece.payload, frame.payload));
        websocket_reader_release(&reader);
        free(bytes);
    }
}

/* The example of section 1.3. */
static void accepts(void **state) {
    (void)state;
    char accept[WEBSOCKET_ACCEPT];
    websocket_accept("dGhlIHNhbXBsZSBub25jZQ==", accept);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    struct websocket_key one, other;
    websocket_key_make(&one);
    websocket_key_make(&other);
    assert_int_equal(strlen(one.key), 24);
    assert_string_not_equal(one.key, other.key);
    websocket_accept(one.key, accept);
    assert_string_equal(accept, one.accept);
}

static void answers(void **state) {
    (void)state;
#define UPGRADE "Upgrade: WebSocket\r\n"
#define CONNECTION "Connection: keep-alive, UPGRADE\r\n"
#define ACCEPT "sec-websocket-accept: right\r\n"
#define GOOD UPGRADE CONNECTION ACCEPT
    static const char *const offered[] = {"a", "b"};
    static const struct {
        const char *lines;
        size_t offered;
        bool good;
    } rows[] = {
        {GOOD, 0, true},
        {GOOD "Sec-WebSocket-Protocol: b\r\n", 2, true},
        {GOOD "Connection: x\r\n", 0, true},
        {CONNECTION ACCEPT, 0, false},
        {UPGRADE ACCEPT, 0, false},
        {UPGRADE CONNECTION, 0, false},
        {"Upgrade: h2c\r\n" CONNECTION ACCEPT, 0, false},
        {GOOD UPGRADE, 0, false},
        {UPGRADE "Connection: upgraded\r\n" ACCEPT, 0, false},
        {UPGRADE CONNECTION "Sec-WebSocket-Accept: Right\r\n", 0, false},
        {GOOD ACCEPT, 0, false},
        {GOOD "Sec-WebSocket-Extensions: permessage-deflate\r\n", 0, false},
        {GOOD, 2, false},
        {GOOD "Sec-WebSocket-Protocol: b\r\n", 0, false},
        {GOOD "Sec-WebSocket-Protocol: B\r\n", 2, false},
        {GOOD "Sec-WebSocket-Protocol: a, b\r\n", 2, false},
        {GOOD "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n", 2, false},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        const struct websocket_offer offer = {"right", offered, rows[i].offered};
        const char *problem = websocket_answer_problem(net_span_text(rows[i].lines), &offer);
        if (rows[i].good != !problem)
            fail_msg("row %zu: %s", i, problem ? problem : "is taken for good");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_frames),     cmocka_unit_test(bad_frames), cmocka_unit_test(bounds),
        cmocka_unit_test(written_is_read), cmocka_unit_test(accepts),    cmocka_unit_test(answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
