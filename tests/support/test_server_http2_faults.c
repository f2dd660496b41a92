/* How the test server breaks the rules of HTTP/2, as /h2/MODE:
 *   reset/CODE       RST_STREAM instead of an answer      reset-body/CODE  after half of it
 *   goaway           GOAWAY that takes no stream up, on a connection's second request; then closes
 *   goaway-always    on each request                      goaway-error     ENHANCE_YOUR_CALM,
 * closes goaway-after     answers, then GOAWAY, and stays      close, close-body  closes without a
 * word silent           never answers                        slow      a byte of the answer every
 * 20 ms endless          DATA for ever                        empty     empty DATA for ever pings
 * PING for ever                        bomb      one long field, 20,000 times continuation
 * CONTINUATION for ever                headers/N N header fields push             PUSH_PROMISE
 * length    more bytes than content-length short            fewer bytes than it upper     a field
 * name in upper case pseudo           :status after a field                no-status, status-101,
 * two-status connection       a field of HTTP/1.1                  newline   CR LF within a value
 *   data-first       DATA before HEADERS                  hpack     an index beyond the table
 *   garbage          no frame at all                      settings  a SETTINGS of 5 bytes
 *   window           a window beyond 2^31-1               other     an answer on a stream nobody
 *   opened           interim/N N times 103, then 200      trailers  fields after the body
 *   early            413 before the body has come         no-settings  answers without SETTINGS
 *   twice            a second answer behind the first
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test_server_http2.h"

enum { CODE_NONE = 0, CODE_CALM = 11 };

/* One request to be spoilt. */
struct spoil {
    struct server_connection *connection;
    uint32_t stream;
    unsigned long number;
};

static void add(const struct spoil *spoil, uint8_t type, uint8_t flags, const void *payload,
                size_t size) {
    server_frame_add(spoil->connection, (struct server_frame){type, flags, spoil->stream}, payload,
                     size);
}

static void add_number(const struct spoil *spoil, uint8_t type, uint32_t number) {
    const unsigned char bytes[4] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16),
                                    (unsigned char)(number >> 8), (unsigned char)number};
    add(spoil, type, 0, bytes, 4);
}

/* A head of `:status` and at most one other field. */
static void head(const struct spoil *spoil, const char *status, const char *name,
                 const char *value) {
    char block[512];
    size_t size = server_field(block, ":status", status);
    if (name) size += server_field(block + size, name, value);
    add(spoil, FRAME_HEADERS, FLAG_END_HEADERS, block, size);
}

static void body(const struct spoil *spoil, const char *text, bool ends) {
    add(spoil, FRAME_DATA, ends ? FLAG_END_STREAM : 0, text, strlen(text));
}

static void fine(const struct spoil *spoil) {
    head(spoil, "200", "content-type", "text/plain");
    body(spoil, "hello\n", true);
}

static void goaway(const struct spoil *spoil, uint32_t last, uint32_t code) {
    const unsigned char payload[8] = {0, 0, (unsigned char)(last >> 8), (unsigned char)last, 0,
                                      0, 0, (unsigned char)code};
    server_frame_add(spoil->connection, (struct server_frame){.type = FRAME_GOAWAY}, payload,
                     sizeof payload);
}

/* What goes out from `at` on goes out again and again. */
static void for_ever(const struct spoil *spoil, size_t at) {
    spoil->connection->endless = true;
    spoil->connection->again = at;
}

static void reset(const struct spoil *spoil) {
    add_number(spoil, FRAME_RESET, (uint32_t)spoil->number);
}

static void reset_body(const struct spoil *spoil) {
    head(spoil, "200", "content-length", "6");
    body(spoil, "hel", false);
    reset(spoil);
}

static void goaway_first(const struct spoil *spoil) {
    if (spoil->stream == 1) {
        fine(spoil);
        return;
    }
    goaway(spoil, spoil->stream - 2, CODE_NONE);
    spoil->connection->then = THEN_CLOSE;
}

static void goaway_always(const struct spoil *spoil) {
    goaway(spoil, 0, CODE_NONE);
    spoil->connection->then = THEN_CLOSE;
}

static void goaway_error(const struct spoil *spoil) {
    goaway(spoil, spoil->stream, CODE_CALM);
    spoil->connection->then = THEN_CLOSE;
}

static void goaway_after(const struct spoil *spoil) {
    fine(spoil);
    goaway(spoil, spoil->stream, CODE_NONE);
}

static void close_now(const struct spoil *spoil) {
    spoil->connection->then = THEN_CLOSE;
}

static void close_body(const struct spoil *spoil) {
    head(spoil, "200", "content-length", "6");
    body(spoil, "hel", false);
    spoil->connection->then = THEN_CLOSE;
}

static void silent(const struct spoil *spoil) {
    (void)spoil;
}

static void slow(const struct spoil *spoil) {
    fine(spoil);
    spoil->connection->drip = 20000000;
}

static void endless(const struct spoil *spoil) {
    static const char bytes[16384];
    head(spoil, "200", NULL, NULL);
    size_t at = spoil->connection->out_size;
    add(spoil, FRAME_DATA, 0, bytes, sizeof bytes);
    for_ever(spoil, at);
}

static void empty(const struct spoil *spoil) {
    head(spoil, "200", NULL, NULL);
    size_t at = spoil->connection->out_size;
    for (int i = 0; i < 1000; i++) add(spoil, FRAME_DATA, 0, NULL, 0);
    for_ever(spoil, at);
}

static void pings(const struct spoil *spoil) {
    size_t at = spoil->connection->out_size;
    for (int i = 0; i < 100; i++)
        server_frame_add(spoil->connection, (struct server_frame){.type = FRAME_PING}, "12345678",
                         8);
    for_ever(spoil, at);
}

/* A field of 4,000 bytes goes into the dynamic table (section 6.2.1), then is named by its index.
 */
static void bomb(const struct spoil *spoil) {
    enum { TIMES = 12000 };
    static char block[TIMES + 5000];
    size_t size = server_field(block, ":status", "200");
    char value[3951];
    memset(value, 'x', 3950);
    value[3950] = '\0';
    size_t at = size;
    size += server_field(block + size, "x", value);
    block[at] = 0x40;
    memset(block + size, (char)(0x80 | 62), TIMES);
    add(spoil, FRAME_HEADERS, FLAG_END_HEADERS, block, size + TIMES > 16384 ? 16384 : size + TIMES);
}

static void continuation(const struct spoil *spoil) {
    char block[64];
    add(spoil, FRAME_HEADERS, 0, block, server_field(block, ":status", "200"));
    size_t at = spoil->connection->out_size;
    add(spoil, FRAME_CONTINUATION, 0, block, server_field(block, "x", "y"));
    for_ever(spoil, at);
}

static void headers(const struct spoil *spoil) {
    char block[16384];
    size_t size = server_field(block, ":status", "200");
    for (unsigned long i = 0; i < spoil->number && size < sizeof block - 64; i++)
        size += server_field(block + size, "x-name", "value");
    add(spoil, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_END_STREAM, block, size);
}

static void push(const struct spoil *spoil) {
    char block[256] = {0, 0, 0, 2};
    size_t size = 4;
    size += server_field(block + size, ":method", "GET");
    size += server_field(block + size, ":scheme", "http");
    size += server_field(block + size, ":authority", "localhost");
    size += server_field(block + size, ":path", "/pushed");
    add(spoil, FRAME_PUSH, FLAG_END_HEADERS, block, size);
    fine(spoil);
}

static void too_long(const struct spoil *spoil) {
    head(spoil, "200", "content-length", "5");
    body(spoil, "hello\n", true);
}

static void too_short(const struct spoil *spoil) {
    head(spoil, "200", "content-length", "7");
    body(spoil, "hello\n", true);
}

static void upper(const struct spoil *spoil) {
    head(spoil, "200", "X-Upper", "1");
    body(spoil, "", true);
}

static void pseudo(const struct spoil *spoil) {
    char block[64];
    size_t size = server_field(block, "x", "y");
    size += server_field(block + size, ":status", "200");
    add(spoil, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_END_STREAM, block, size);
}

static void no_status(const struct spoil *spoil) {
    char block[64];
    size_t size = server_field(block, "x", "y");
    add(spoil, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_END_STREAM, block, size);
}

static void status_101(const struct spoil *spoil) {
    head(spoil, "101", NULL, NULL);
    fine(spoil);
}

static void two_status(const struct spoil *spoil) {
    head(spoil, "200", ":status", "404");
    body(spoil, "", true);
}

static void connection_field(const struct spoil *spoil) {
    head(spoil, "200", "connection", "keep-alive");
    body(spoil, "", true);
}

static void newline(const struct spoil *spoil) {
    head(spoil, "200", "x", "a\r\nset-cookie: b=c");
    body(spoil, "", true);
}

static void data_first(const struct spoil *spoil) {
    body(spoil, "hello\n", true);
}

static void hpack(const struct spoil *spoil) {
    add(spoil, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_END_STREAM, "\xff\x80\x01", 3);
}

static void garbage(const struct spoil *spoil) {
    server_out(spoil->connection, "this is no frame of anything, of that we are sure", 49);
}

static void settings(const struct spoil *spoil) {
    server_frame_add(spoil->connection, (struct server_frame){.type = FRAME_SETTINGS}, "\0\3\0\0\0",
                     5);
}

static void window(const struct spoil *spoil) {
    add_number(spoil, FRAME_WINDOW, 0x7fffffff);
    fine(spoil);
}

static void other(const struct spoil *spoil) {
    const struct spoil another = {spoil->connection, spoil->stream + 2, 0};
    fine(&another);
}

static void interim(const struct spoil *spoil) {
    for (unsigned long i = 0; i < spoil->number; i++) head(spoil, "103", "link", "</style.css>");
    fine(spoil);
}

static void trailers(const struct spoil *spoil) {
    char block[64];
    head(spoil, "200", "x-head", "1");
    body(spoil, "hello\n", false);
    add(spoil, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_END_STREAM, block,
        server_field(block, "x-trailer", "1"));
}

static void early(const struct spoil *spoil) {
    head(spoil, "413", NULL, NULL);
    body(spoil, "", true);
}

static void twice(const struct spoil *spoil) {
    fine(spoil);
    fine(spoil);
}

bool server_http2_fault(struct server_connection *connection, uint32_t stream, const char *mode,
                        unsigned long number) {
    static const struct {
        const char *mode;
        void (*answer)(const struct spoil *spoil);
    } modes[] = {
        {"reset", reset},
        {"reset-body", reset_body},
        {"goaway", goaway_first},
        {"goaway-always", goaway_always},
        {"goaway-error", goaway_error},
        {"goaway-after", goaway_after},
        {"close", close_now},
        {"close-body", close_body},
        {"silent", silent},
        {"slow", slow},
        {"endless", endless},
        {"empty", empty},
        {"pings", pings},
        {"bomb", bomb},
        {"continuation", continuation},
        {"headers", headers},
        {"push", push},
        {"length", too_long},
        {"short", too_short},
        {"upper", upper},
        {"pseudo", pseudo},
        {"no-status", no_status},
        {"status-101", status_101},
        {"two-status", two_status},
        {"connection", connection_field},
        {"newline", newline},
        {"data-first", data_first},
        {"hpack", hpack},
        {"garbage", garbage},
        {"settings", settings},
        {"window", window},
        {"other", other},
        {"interim", interim},
        {"trailers", trailers},
        {"early", early},
        {"no-settings", fine},
        {"twice", twice},
    };
    const struct spoil spoil = {connection, stream, number};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(modes[i].mode, mode) != 0) continue;
        modes[i].answer(&spoil);
        return true;
    }
    return false;
}
