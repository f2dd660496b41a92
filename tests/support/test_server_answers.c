/* What the test server answers, by path. Numbers are the last part of the path.
 *   /ok                200 and six bytes            /status/N      that status
 *   /bytes/N           N bytes with a length        /chunked/N     N bytes in chunks of 1,000
 *   /until-close/N     N bytes, then closes         /http10        HTTP/1.0, closes
 *   /delay/N           answers after N microseconds
 *   /slow-head         the head, a byte every 20 ms, never whole
 *   /slow-body         10,000 bytes, one every 20 ms
 *   /silent            never answers
 *   /endless           chunks for ever              /endless-close bytes for ever, no length
 *   /bomb/N            gzip: N MB of zeros           /headers/N     N header lines
 *   /packed/CODING     compressed JSON, see test_server_packed.c
 *   /negotiated        the same, under gzip where the request asks as a browser does
 *   /reset             RST instead of an answer      /reset-body    RST within the body
 *   /close             closes instead of answering   /close-body    closes within the body
 *   /once              answers, then closes without having said so
 *   /redirect/N        to /redirect/N-1, and /ok at 0  /loop        to itself
 *   /to?URL            to URL (percent-decoded)      /interim       100 and 103 before 200
 *   /raw?BYTES         these bytes (percent-decoded), then silence; /raw-close?BYTES: then closes
 *   /early             413 before the body has come, then closes
 *   /echo              the request itself: head and body       /count  requests so far
 *   /cookie/NAME=VALUE sets a cookie                 /token         {"token": "t0k3n"}
 *   /model/tail        1 of 100 answers 100 ms late
 *   /model/stall       every 500th stalls all for 200 ms
 *   /model/exp         exponential times, mean 2 ms
 *   /record            times of /model/..., ns a line
 *   /ws/MODE           WebSocket, see test_server_socket.c
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "test_server.h"

#define DRIP 20000000u /* ns */
#define MILLISECOND 1000000u

struct answer {
    struct server *server;
    struct server_connection *connection;
    const struct server_request *request;
    const char *rest; /* the path after the route's name */
    unsigned long number;
};

static void out_add(struct server_connection *connection, const void *bytes, size_t size) {
    connection->out = server_memory(connection->out, connection->out_size + size);
    memcpy(connection->out + connection->out_size, bytes, size);
    connection->out_size += size;
}

static void out_text(struct server_connection *connection, const char *text) {
    out_add(connection, text, strlen(text));
}

static void out_fill(struct server_connection *connection, size_t size) {
    connection->out = server_memory(connection->out, connection->out_size + size);
    memset(connection->out + connection->out_size, 'x', size);
    connection->out_size += size;
}

/* A whole answer with a length; HEAD gets its head alone. */
static void reply(const struct answer *answer, const char *status_and_headers, const void *body,
                  size_t size) {
    char head[1024];
    snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n", status_and_headers,
             size);
    out_text(answer->connection, head);
    if (strcmp(answer->request->method, "HEAD") != 0) out_add(answer->connection, body, size);
}

static void reply_text(const struct answer *answer, const char *status_and_headers,
                       const char *text) {
    reply(answer, status_and_headers, text, strlen(text));
}

static void ok(const struct answer *answer) {
    reply_text(answer, "200 OK", "hello\n");
}

static void status(const struct answer *answer) {
    char line[32];
    snprintf(line, sizeof line, "%lu Status", answer->number);
    if (answer->number == 204 || answer->number == 304) {
        out_text(answer->connection, "HTTP/1.1 ");
        out_text(answer->connection, line);
        out_text(answer->connection, "\r\n\r\n");
    } else {
        reply_text(answer, line, "status\n");
    }
}

static void bytes(const struct answer *answer) {
    char *body = server_memory(NULL, answer->number);
    memset(body, 'x', answer->number);
    reply(answer, "200 OK", body, answer->number);
    free(body);
}

static void chunked(const struct answer *answer) {
    out_text(answer->connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (unsigned long left = answer->number; left > 0;) {
        char line[32];
        unsigned long size = left < 1000 ? left : 1000;
        snprintf(line, sizeof line, "%lx;name=value\r\n", size);
        out_text(answer->connection, line);
        out_fill(answer->connection, size);
        out_text(answer->connection, "\r\n");
        left -= size;
    }
    out_text(answer->connection, "0\r\nTrailer: yes\r\n\r\n");
}

static void until_close(const struct answer *answer) {
    out_text(answer->connection, "HTTP/1.1 200 OK\r\n\r\n");
    out_fill(answer->connection, answer->number);
    answer->connection->then = THEN_CLOSE;
}

static void http10(const struct answer *answer) {
    out_text(answer->connection, "HTTP/1.0 200 OK\r\n\r\nold\n");
    answer->connection->then = THEN_CLOSE;
}

static void delay(const struct answer *answer) {
    ok(answer);
    answer->connection->delay = answer->number * 1000u;
}

static void slow_head(const struct answer *answer) {
    out_text(answer->connection, "HTTP/1.1 200 OK\r\nX-Slow: ");
    answer->connection->again = answer->connection->out_size;
    out_text(answer->connection, "a");
    answer->connection->endless = true;
    answer->connection->drip = DRIP;
}

static void slow_body(const struct answer *answer) {
    out_text(answer->connection, "HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n");
    out_fill(answer->connection, 10000);
    answer->connection->drip = DRIP;
}

static void silent(const struct answer *answer) {
    answer->connection->then = THEN_SILENCE;
}

static void endless(const struct answer *answer) {
    out_text(answer->connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    answer->connection->again = answer->connection->out_size;
    out_text(answer->connection, "4000\r\n");
    out_fill(answer->connection, 0x4000);
    out_text(answer->connection, "\r\n");
    answer->connection->endless = true;
}

static void endless_close(const struct answer *answer) {
    out_text(answer->connection, "HTTP/1.1 200 OK\r\n\r\n");
    answer->connection->again = answer->connection->out_size;
    out_fill(answer->connection, 16384);
    answer->connection->endless = true;
}

static void bomb(const struct answer *answer) {
    static const unsigned char zeros[1 << 20];
    unsigned long megabytes = answer->number > 300 ? 300 : answer->number;
    size_t room = 2048 * (megabytes + 1), size;
    unsigned char *packed = server_memory(NULL, room);
    z_stream stream = {.next_out = packed, .avail_out = (unsigned)room};
    if (deflateInit2(&stream, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) != Z_OK) abort();
    for (unsigned long i = 0; i < megabytes; i++) {
        stream.next_in = (unsigned char *)(uintptr_t)zeros;
        stream.avail_in = sizeof zeros;
        if (deflate(&stream, Z_NO_FLUSH) != Z_OK) abort();
    }
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) abort();
    size = stream.total_out;
    deflateEnd(&stream);
    reply(answer, "200 OK\r\nContent-Encoding: gzip", packed, size);
    free(packed);
}

static void packed(const struct answer *answer) {
    char header[256];
    size_t size;
    char *body = server_packed(answer->rest, header, sizeof header, &size);
    reply(answer, header, body, size);
    free(body);
}

/* gzip where it is asked for. */
static void negotiated(const struct answer *answer) {
    char *head = strndup(answer->request->head, answer->request->head_size);
    bool gzip = head && strcasestr(head, "accept-encoding: gzip, deflate, br, zstd\r\n");
    free(head);
    struct answer like = *answer;
    like.rest = gzip ? "gzip" : "identity";
    packed(&like);
}

static void headers(const struct answer *answer) {
    out_text(answer->connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
    for (unsigned long i = 0; i < answer->number && i < 100000; i++)
        out_text(answer->connection, "X-Flood: abcdefghijklmnopqrstuvwxyz\r\n");
    out_text(answer->connection, "\r\n");
}

static void part_of_body(const struct answer *answer, enum server_then then) {
    out_text(answer->connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
    answer->connection->then = then;
}

static void reset(const struct answer *answer) {
    out_text(answer->connection, "");
    answer->connection->then = THEN_RESET;
}

static void reset_body(const struct answer *answer) {
    part_of_body(answer, THEN_RESET);
}

static void close_now(const struct answer *answer) {
    out_text(answer->connection, "");
    answer->connection->then = THEN_CLOSE;
}

static void close_body(const struct answer *answer) {
    part_of_body(answer, THEN_CLOSE);
}

static void once(const struct answer *answer) {
    ok(answer);
    answer->connection->then = THEN_CLOSE;
}

static void redirect_to(const struct answer *answer, const char *location) {
    char head[8192];
    snprintf(head, sizeof head, "302 Found\r\nLocation: %.8000s", location);
    reply_text(answer, head, "");
}

static void redirect(const struct answer *answer) {
    char location[64];
    snprintf(location, sizeof location, "/redirect/%lu", answer->number - 1);
    if (answer->number == 0)
        ok(answer);
    else
        redirect_to(answer, location);
}

static void redirect_loop(const struct answer *answer) {
    redirect_to(answer, "/loop");
}

static int hex(char digit) {
    const char *digits = "0123456789abcdef", *found = strchr(digits, digit | 0x20);
    return digit && found ? (int)(found - digits) : 0;
}

/* Percent-decodes what follows the `?` of the target. */
static size_t query(const struct answer *answer, char *to, size_t room) {
    const char *from = strchr(answer->request->target, '?');
    size_t size = 0;
    for (from = from ? from + 1 : ""; *from && size + 1 < room; from++) {
        char byte = *from;
        if (byte == '%' && from[1] && from[2]) {
            byte = (char)(hex(from[1]) * 16 + hex(from[2]));
            from += 2;
        }
        to[size++] = byte;
    }
    to[size] = '\0';
    return size;
}

static void redirect_query(const struct answer *answer) {
    char location[8192];
    query(answer, location, sizeof location);
    redirect_to(answer, location);
}

static void interim(const struct answer *answer) {
    out_text(answer->connection, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n"
                                 "Link: </style.css>\r\n\r\n");
    ok(answer);
}

static void raw(const struct answer *answer) {
    char given[16384];
    out_add(answer->connection, given, query(answer, given, sizeof given));
    answer->connection->then = THEN_SILENCE;
}

static void raw_close(const struct answer *answer) {
    raw(answer);
    answer->connection->then = THEN_CLOSE;
}

static void early(const struct answer *answer) {
    reply_text(answer, "413 Content Too Large", "enough\n");
    answer->connection->then = THEN_CLOSE;
}

static void echo(const struct answer *answer) {
    reply(answer, "200 OK\r\nContent-Type: text/plain", answer->request->head,
          answer->request->head_size + answer->request->body_size);
}

static void count(const struct answer *answer) {
    char text[64];
    snprintf(text, sizeof text, "%lu requests, %lu connections\n",
             (unsigned long)answer->server->requests, (unsigned long)answer->server->accepted);
    reply_text(answer, "200 OK", text);
}

static void cookie(const struct answer *answer) {
    char head[1024];
    snprintf(head, sizeof head, "200 OK\r\nSet-Cookie: %.900s; Path=/; HttpOnly", answer->rest);
    reply_text(answer, head, "cookie\n");
}

static void token(const struct answer *answer) {
    reply_text(answer, "200 OK\r\nContent-Type: application/json", "{\"token\": \"t0k3n\"}\n");
}

/* xorshift64: the same delays in every run. */
static double uniform(struct server *server) {
    server->random ^= server->random << 13;
    server->random ^= server->random >> 7;
    server->random ^= server->random << 17;
    return ((double)(server->random >> 11) + 0.5) / 9007199254740992.0;
}

static void model(const struct answer *answer) {
    uint64_t number = ++answer->server->modelled;
    ok(answer);
    answer->connection->recorded = true;
    if (strcmp(answer->rest, "tail") == 0 && number % 100 == 0)
        answer->connection->delay = 100 * MILLISECOND;
    if (strcmp(answer->rest, "exp") == 0)
        answer->connection->delay = (uint64_t)(-log(uniform(answer->server)) * 2 * MILLISECOND);
    if (strcmp(answer->rest, "stall") == 0 && number % 500 == 0)
        nanosleep(&(struct timespec){.tv_nsec = 200 * MILLISECOND}, NULL);
}

static void records(const struct answer *answer) {
    struct server_record *record = &answer->server->record;
    char *text = server_memory(NULL, 24 * record->count + 1);
    size_t size = 0;
    for (size_t i = 0; i < record->count; i++)
        size += (size_t)snprintf(text + size, 24, "%lu\n", (unsigned long)record->items[i]);
    reply(answer, "200 OK", text, size);
    free(text);
    record->count = 0;
}

static void socket_open(const struct answer *answer) {
    if (!server_socket_open(answer->connection, answer->request, answer->rest)) ok(answer);
}

static const struct route {
    const char *name;
    void (*answer)(const struct answer *answer);
} routes[] = {
    {"ok", ok},
    {"status", status},
    {"bytes", bytes},
    {"chunked", chunked},
    {"until-close", until_close},
    {"http10", http10},
    {"delay", delay},
    {"slow-head", slow_head},
    {"slow-body", slow_body},
    {"silent", silent},
    {"endless", endless},
    {"endless-close", endless_close},
    {"bomb", bomb},
    {"packed", packed},
    {"negotiated", negotiated},
    {"headers", headers},
    {"reset", reset},
    {"reset-body", reset_body},
    {"close", close_now},
    {"close-body", close_body},
    {"once", once},
    {"redirect", redirect},
    {"loop", redirect_loop},
    {"to", redirect_query},
    {"interim", interim},
    {"raw", raw},
    {"raw-close", raw_close},
    {"early", early},
    {"echo", echo},
    {"count", count},
    {"cookie", cookie},
    {"token", token},
    {"model", model},
    {"record", records},
    {"ws", socket_open},
};

void server_answer(struct server *server, struct server_connection *connection,
                   const struct server_request *request) {
    const char *name = request->target + strspn(request->target, "/");
    size_t length = strcspn(name, "/?");
    struct answer answer = {server, connection, request, name + length, 0};
    answer.rest += *answer.rest == '/';
    answer.number = strtoul(answer.rest, NULL, 10);
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (strlen(routes[i].name) != length || strncmp(routes[i].name, name, length) != 0)
            continue;
        routes[i].answer(&answer);
        return;
    }
    reply_text(&answer, "404 Not Found", "no such answer\n");
}
