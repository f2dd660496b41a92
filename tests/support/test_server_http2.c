/* The test server over HTTP/2: a connection that begins with its preface. Paths of HTTP/1.1 that
 * answer once, with a length, answer here too; /h2/MODE is in test_server_http2_faults.c. Bodies of
 * requests are read with a window that is given back, but for /h2/no-window. */
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test_server_http2.h"

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define HEAD_ROOM 65536

struct server_http2 {
    nghttp2_hd_inflater *inflater;
    uint32_t stream; /* whose request is arriving */
    bool settled;
    char method[16], path[16384];
    char *body;
    size_t body_size, head_size;
    char head[HEAD_ROOM]; /* as HTTP/1.1 would have it */
};

void server_out(struct server_connection *connection, const void *bytes, size_t size) {
    if (size == 0) return;
    connection->out = server_memory(connection->out, connection->out_size + size);
    memcpy(connection->out + connection->out_size, bytes, size);
    connection->out_size += size;
}

void server_frame_add(struct server_connection *connection, struct server_frame frame,
                      const void *payload, size_t size) {
    const unsigned char head[9] = {(unsigned char)(size >> 16),
                                   (unsigned char)(size >> 8),
                                   (unsigned char)size,
                                   frame.type,
                                   frame.flags,
                                   (unsigned char)(frame.stream >> 24 & 0x7f),
                                   (unsigned char)(frame.stream >> 16),
                                   (unsigned char)(frame.stream >> 8),
                                   (unsigned char)frame.stream};
    server_out(connection, head, sizeof head);
    server_out(connection, payload, size);
}

/* An integer with a prefix of seven bits (section 5.1). */
static size_t length_write(char *room, size_t length) {
    if (length < 127) {
        room[0] = (char)length;
        return 1;
    }
    size_t at = 0;
    room[at++] = 127;
    for (length -= 127; length >= 128; length >>= 7) room[at++] = (char)(length | 128);
    room[at++] = (char)length;
    return at;
}

size_t server_field(char *room, const char *name, const char *value) {
    size_t at = 0, length = strlen(name);
    room[at++] = 0;
    at += length_write(room + at, length);
    memcpy(room + at, name, length);
    at += length;
    length = strlen(value);
    at += length_write(room + at, length);
    memcpy(room + at, value, length);
    return at + length;
}

/* Headers of HTTP/1.1 that HTTP/2 must not have; the status line has no colon. */
static bool is_hop(const char *name) {
    return strcasecmp(name, "connection") == 0 || strcasecmp(name, "transfer-encoding") == 0;
}

/* One line as a field; `line` ends where its CR was. */
static size_t line_write(char *room, char *line) {
    char *colon = strchr(line, ':');
    if (!colon) return 0;
    *colon = '\0';
    for (char *letter = line; *letter; letter++)
        if (*letter >= 'A' && *letter <= 'Z') *letter = (char)(*letter + 32);
    return is_hop(line) ? 0 : server_field(room, line, colon + 1 + strspn(colon + 1, " "));
}

static size_t lines_write(char *room, char *lines) {
    size_t size = 0;
    while (*lines) {
        size_t length = strcspn(lines, "\r");
        bool last = lines[length] == '\0';
        lines[length] = '\0';
        size += line_write(room + size, lines);
        lines += last ? length : length + 2;
    }
    return size;
}

static void body_send(struct server_connection *connection, uint32_t stream, const char *body,
                      size_t size) {
    for (size_t at = 0; at < size; at += 16384) {
        size_t part = size - at < 16384 ? size - at : 16384;
        struct server_frame frame = {FRAME_DATA, at + part == size ? FLAG_END_STREAM : 0, stream};
        server_frame_add(connection, frame, body + at, part);
    }
}

/* Makes frames of an answer that was written for HTTP/1.1. */
static void answer_turn(struct server_connection *connection, uint32_t stream, const char *answer,
                        size_t size) {
    char fields[HEAD_ROOM], status[4] = "", *lines;
    const char *end = memmem(answer, size, "\r\n\r\n", 4);
    if (!end) return;
    lines = strndup(answer, (size_t)(end - answer));
    memcpy(status, lines + 9, 3);
    size_t length = server_field(fields, ":status", status);
    length += lines_write(fields + length, lines);
    free(lines);
    size_t body = size - (size_t)(end + 4 - answer);
    uint8_t flags = FLAG_END_HEADERS | (body ? 0 : FLAG_END_STREAM);
    server_frame_add(connection, (struct server_frame){FRAME_HEADERS, flags, stream}, fields,
                     length);
    body_send(connection, stream, end + 4, body);
}

/* Its own SETTINGS must come first, then the client's are acknowledged. */
static void settle(struct server_connection *connection) {
    if (connection->http2->settled) return;
    connection->http2->settled = true;
    server_frame_add(connection, (struct server_frame){.type = FRAME_SETTINGS}, NULL, 0);
    server_frame_add(connection, (struct server_frame){FRAME_SETTINGS, FLAG_ACK, 0}, NULL, 0);
}

/* The answer that HTTP/1.1 would have got; `room` holds head and body together. */
static void answer_as_http1(struct server *server, struct server_connection *connection,
                            uint32_t stream, char *room) {
    const struct server_http2 *http2 = connection->http2;
    struct server_request request = {.head = room,
                                     .head_size = http2->head_size,
                                     .body = room + http2->head_size,
                                     .body_size = http2->body_size};
    memcpy(room, http2->head, http2->head_size);
    if (http2->body_size) memcpy(room + http2->head_size, http2->body, http2->body_size);
    snprintf(request.method, sizeof request.method, "%s", http2->method);
    snprintf(request.target, sizeof request.target, "%s", http2->path);
    char *before = connection->out;
    size_t before_size = connection->out_size;
    connection->out = NULL;
    connection->out_size = 0;
    server_answer(server, connection, &request);
    char *text = connection->out;
    size_t size = connection->out_size;
    connection->out = before;
    connection->out_size = before_size;
    if (text) answer_turn(connection, stream, text, size);
    free(text);
}

static void answer(struct server *server, struct server_connection *connection) {
    struct server_http2 *http2 = connection->http2;
    uint32_t stream = http2->stream;
    char mode[32] = "";
    unsigned long number = 0;
    http2->stream = 0;
    server->requests++;
    if (strcmp(http2->path, "/h2/no-settings") != 0 && strcmp(http2->path, "/h2/close") != 0)
        settle(connection);
    if (sscanf(http2->path, "/h2/%31[^/]/%lu", mode, &number) >= 1 &&
        server_http2_fault(connection, stream, mode, number))
        return;
    char *room = server_memory(NULL, http2->head_size + http2->body_size);
    answer_as_http1(server, connection, stream, room);
    free(room);
}

static void field_take(struct server_http2 *http2, const nghttp2_nv *field) {
    size_t room = HEAD_ROOM - http2->head_size;
    if (field->namelen == 7 && memcmp(field->name, ":method", 7) == 0)
        snprintf(http2->method, sizeof http2->method, "%.*s", (int)field->valuelen, field->value);
    if (field->namelen == 5 && memcmp(field->name, ":path", 5) == 0)
        snprintf(http2->path, sizeof http2->path, "%.*s", (int)field->valuelen, field->value);
    if (field->namelen + field->valuelen + 4 < room)
        http2->head_size +=
            (size_t)snprintf(http2->head + http2->head_size, room, "%.*s: %.*s\r\n",
                             (int)field->namelen, field->name, (int)field->valuelen, field->value);
}

static bool headers_take(struct server_http2 *http2, const uint8_t *block, size_t size) {
    http2->head_size = http2->body_size = 0;
    for (int flags = 0; !(flags & NGHTTP2_HD_INFLATE_FINAL);) {
        nghttp2_nv field;
        ssize_t used = nghttp2_hd_inflate_hd2(http2->inflater, &field, &flags, block, size, 1);
        if (used < 0) return false;
        block += used;
        size -= (size_t)used;
        if (flags & NGHTTP2_HD_INFLATE_EMIT) field_take(http2, &field);
    }
    nghttp2_hd_inflate_end_headers(http2->inflater);
    memcpy(http2->head + http2->head_size, "\r\n", 2);
    http2->head_size += 2;
    return true;
}

static void data_take(struct server_connection *connection, const char *bytes, size_t size) {
    struct server_http2 *http2 = connection->http2;
    const unsigned char grant[4] = {0, (unsigned char)(size >> 16), (unsigned char)(size >> 8),
                                    (unsigned char)size};
    http2->body = server_memory(http2->body, http2->body_size + size);
    memcpy(http2->body + http2->body_size, bytes, size);
    http2->body_size += size;
    settle(connection);
    if (size == 0 || strcmp(http2->path, "/h2/no-window") == 0) return;
    server_frame_add(connection, (struct server_frame){.type = FRAME_WINDOW}, grant, 4);
    server_frame_add(
        connection, (struct server_frame){.type = FRAME_WINDOW, .stream = http2->stream}, grant, 4);
}

/* One frame of the client's. */
static void frame_take(struct server *server, struct server_connection *connection,
                       struct server_frame frame, const char *payload, size_t size) {
    struct server_http2 *http2 = connection->http2;
    bool ends = frame.flags & FLAG_END_STREAM;
    if (frame.type == FRAME_HEADERS) {
        http2->stream = frame.stream;
        if (!headers_take(http2, (const uint8_t *)payload, size)) connection->then = THEN_CLOSE;
        if (ends || strcmp(http2->path, "/h2/early") == 0) answer(server, connection);
    } else if (frame.type == FRAME_DATA && frame.stream == http2->stream) {
        data_take(connection, payload, size);
        if (ends) answer(server, connection);
    } else if (frame.type == FRAME_PING && !(frame.flags & FLAG_ACK)) {
        server_frame_add(connection, (struct server_frame){FRAME_PING, FLAG_ACK, 0}, payload, size);
    }
}

bool server_http2_open(struct server_connection *connection) {
    if (connection->in_size < strlen(PREFACE) ||
        memcmp(connection->in, PREFACE, strlen(PREFACE)) != 0)
        return false;
    connection->http2 = server_memory(NULL, sizeof *connection->http2);
    memset(connection->http2, 0, sizeof *connection->http2);
    if (nghttp2_hd_inflate_new(&connection->http2->inflater) != 0) abort();
    connection->in_size -= strlen(PREFACE);
    memmove(connection->in, connection->in + strlen(PREFACE), connection->in_size);
    return true;
}

void server_http2_read(struct server *server, struct server_connection *connection) {
    size_t at = 0;
    while (connection->in_size - at >= 9 && connection->then == THEN_KEEP && !connection->endless) {
        const unsigned char *head = (const unsigned char *)connection->in + at;
        size_t size = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
        if (connection->in_size - at < 9 + size) break;
        struct server_frame frame = {head[3], head[4],
                                     (uint32_t)(head[5] & 0x7f) << 24 | (uint32_t)head[6] << 16 |
                                         (uint32_t)head[7] << 8 | head[8]};
        frame_take(server, connection, frame, connection->in + at + 9, size);
        at += 9 + size;
    }
    memmove(connection->in, connection->in + at, connection->in_size - at);
    connection->in_size -= at;
}

void server_http2_release(struct server_connection *connection) {
    if (!connection->http2) return;
    nghttp2_hd_inflate_del(connection->http2->inflater);
    free(connection->http2->body);
    free(connection->http2);
    connection->http2 = NULL;
}
