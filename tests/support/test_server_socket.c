/* The WebSocket side of the test server, by path:
 *   /ws/echo           each message back         /ws/fragments   in frames of 3 bytes, a ping
 * between /ws/subprotocol    chooses the first offered, then echoes    /ws/other-protocol  another
 * one /ws/no-upgrade     200 instead of 101        /ws/wrong-accept, /ws/no-accept, /ws/extension
 *   /ws/masked         masks its echo            /ws/utf8        a text that is none
 *   /ws/oversized      announces 1 GB            /ws/reserved    a reserved bit
 *   /ws/close          1001 instead of an echo   /ws/code        a close code that must not be sent
 *   /ws/drop           closes without a frame    /ws/silent      never replies
 *   /ws/other          another message           /ws/twice       every echo twice
 *   /ws/binary         an echo of the other type /ws/greet       a message first, then echoes
 *   /ws/json           {"type":"tick"} before {"type":"echo","of":..} for each message
 *   /ws/huge           announces 2^63 bytes      /ws/endless-fragments  never the last frame
 *   /ws/close-1000, /ws/close-1011   other codes  /ws/ping-flood  5,000 pings before each echo
 *   /ws/flaky          every 5th message of all gets another back
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/websocket_handshake.h"
#include "test_server.h"

static void send_frame(struct server_connection *connection, const struct websocket_frame *frame) {
    size_t size = websocket_frame_size(frame);
    connection->out = server_memory(connection->out, connection->out_size + size);
    websocket_frame_write(frame, connection->out + connection->out_size);
    connection->out_size += size;
}

static void send_message(struct server_connection *connection, uint8_t opcode,
                         struct net_span payload) {
    const struct websocket_frame frame = {.opcode = opcode, .payload = payload};
    send_frame(connection, &frame);
}

static void send_text(struct server_connection *connection, const char *text) {
    send_message(connection, WEBSOCKET_TEXT, net_span_text(text));
}

static void send_bytes(struct server_connection *connection, const char *bytes, size_t size) {
    connection->out = server_memory(connection->out, connection->out_size + size);
    memcpy(connection->out + connection->out_size, bytes, size);
    connection->out_size += size;
}

static bool mode_is(const struct server_connection *connection, const char *mode) {
    return strcmp(connection->mode, mode) == 0;
}

static void send_fragments(struct server_connection *connection, uint8_t opcode,
                           struct net_span payload) {
    for (size_t at = 0; at == 0 || at < payload.size; at += 3) {
        size_t left = payload.size - at, size = left < 3 ? left : 3;
        const struct websocket_frame frame = {.opcode = at ? WEBSOCKET_CONTINUATION : opcode,
                                              .more = left > 3,
                                              .payload = {payload.data + at, size}};
        send_frame(connection, &frame);
        if (frame.more) send_message(connection, WEBSOCKET_PING, net_span_text("still there?"));
    }
}

static void send_json(struct server_connection *connection, struct net_span payload) {
    char text[4096];
    send_text(connection, "{\"type\": \"tick\"}");
    snprintf(text, sizeof text, "{\"type\": \"echo\", \"of\": \"%.*s\"}", (int)payload.size,
             payload.data ? payload.data : "");
    send_text(connection, text);
}

/* A message that never ends, a frame at a time. */
static void send_endless(struct server_connection *connection) {
    static char bytes[16384];
    const struct websocket_frame first = {.opcode = WEBSOCKET_BINARY, .more = true};
    const struct websocket_frame next = {
        .opcode = WEBSOCKET_CONTINUATION, .more = true, .payload = {bytes, sizeof bytes}};
    send_frame(connection, &first);
    connection->again = connection->out_size;
    send_frame(connection, &next);
    connection->endless = true;
}

static void send_pings(struct server_connection *connection) {
    for (int i = 0; i < 5000; i++) send_message(connection, WEBSOCKET_PING, net_span_text("ping"));
}

/* Replies that are wrong; false: the mode has none of its own. */
static bool reply_wrong(struct server_connection *connection, const struct websocket_piece *piece) {
    static const unsigned char mask[4] = {1, 2, 3, 4};
    const struct websocket_frame masked = {
        .opcode = piece->opcode, .mask = mask, .payload = piece->payload};
    if (mode_is(connection, "masked"))
        send_frame(connection, &masked);
    else if (mode_is(connection, "utf8"))
        send_text(connection, "\xc3(");
    else if (mode_is(connection, "oversized"))
        send_bytes(connection, "\x81\x7f\0\0\0\0\x40\0\0\0", 10);
    else if (mode_is(connection, "reserved"))
        send_bytes(connection, "\xc1\1x", 3);
    else if (mode_is(connection, "huge"))
        send_bytes(connection, "\x82\x7f\x80\0\0\0\0\0\0\0", 10);
    else if (mode_is(connection, "close"))
        send_bytes(connection, "\x88\2\x03\xe9", 4);
    else if (mode_is(connection, "close-1000"))
        send_bytes(connection, "\x88\2\x03\xe8", 4);
    else if (mode_is(connection, "close-1011"))
        send_bytes(connection, "\x88\2\x03\xf3", 4);
    else if (mode_is(connection, "endless-fragments"))
        send_endless(connection);
    else if (mode_is(connection, "code"))
        send_bytes(connection, "\x88\2\x03\xed", 4);
    else if (mode_is(connection, "other"))
        send_text(connection, "something else");
    else if (mode_is(connection, "drop"))
        connection->then = THEN_CLOSE, send_bytes(connection, "", 0);
    else
        return mode_is(connection, "silent");
    return true;
}

static void reply(struct server *server, struct server_connection *connection,
                  const struct websocket_piece *piece) {
    if (reply_wrong(connection, piece)) return;
    if (mode_is(connection, "ping-flood")) send_pings(connection);
    if (mode_is(connection, "fragments"))
        send_fragments(connection, piece->opcode, piece->payload);
    else if (mode_is(connection, "json"))
        send_json(connection, piece->payload);
    else if (mode_is(connection, "flaky") && ++server->messages % 5 == 0)
        send_text(connection, "something else");
    else if (mode_is(connection, "binary"))
        send_message(connection, WEBSOCKET_BINARY, piece->payload);
    else
        send_message(connection, piece->opcode, piece->payload);
    if (mode_is(connection, "twice")) send_message(connection, piece->opcode, piece->payload);
}

void server_socket_read(struct server *server, struct server_connection *connection) {
    size_t used = 0;
    while (used < connection->in_size && connection->then == THEN_KEEP) {
        struct websocket_piece piece;
        struct net_span rest = {connection->in + used, connection->in_size - used};
        enum websocket_result result = websocket_read(connection->socket, rest, &piece);
        used += piece.used;
        if (result == WEBSOCKET_MORE) break;
        bool message = piece.opcode == WEBSOCKET_TEXT || piece.opcode == WEBSOCKET_BINARY;
        if (result == WEBSOCKET_MESSAGE && message) {
            reply(server, connection, &piece);
        } else if (result != WEBSOCKET_MESSAGE || piece.opcode == WEBSOCKET_CLOSE) {
            connection->then = THEN_CLOSE; /* a client that breaks the rules gets no more */
            send_bytes(connection, "\x88\2\x03\xea", 4);
        }
    }
    memmove(connection->in, connection->in + used, connection->in_size - used);
    connection->in_size -= used;
}

/* The value of a header of the request, up to the end of its line or a comma. */
static bool header_value(const struct server_request *request, const char *name, char *to,
                         size_t room) {
    const char *end = request->head + request->head_size;
    for (const char *line = request->head; line && line < end;) {
        if (strncasecmp(line, name, strlen(name)) == 0) {
            line += strlen(name) + strspn(line + strlen(name), ": ");
            snprintf(to, room, "%.*s", (int)strcspn(line, ",\r"), line);
            return true;
        }
        line = memchr(line, '\n', (size_t)(end - line));
        if (line) line++;
    }
    return false;
}

bool server_socket_open(struct server_connection *connection, const struct server_request *request,
                        const char *mode) {
    char key[64], accept[WEBSOCKET_ACCEPT], subprotocol[64], head[512];
    snprintf(connection->mode, sizeof connection->mode, "%s", mode);
    if (!header_value(request, "sec-websocket-key", key, sizeof key) || strlen(key) != 24 ||
        mode_is(connection, "no-upgrade"))
        return false;
    websocket_accept(mode_is(connection, "wrong-accept") ? "AAAAAAAAAAAAAAAAAAAAAA==" : key,
                     accept);
    int length = snprintf(head, sizeof head,
                          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n"
                          "Connection: keep-alive, Upgrade\r\n");
    send_bytes(connection, head, (size_t)length);
    if (!mode_is(connection, "no-accept")) {
        length = snprintf(head, sizeof head, "Sec-WebSocket-Accept: %s\r\n", accept);
        send_bytes(connection, head, (size_t)length);
    }
    bool offered = header_value(request, "sec-websocket-protocol", subprotocol, sizeof subprotocol);
    if (mode_is(connection, "other-protocol")) snprintf(subprotocol, sizeof subprotocol, "other");
    if ((mode_is(connection, "subprotocol") && offered) || mode_is(connection, "other-protocol")) {
        length = snprintf(head, sizeof head, "Sec-WebSocket-Protocol: %s\r\n", subprotocol);
        send_bytes(connection, head, (size_t)length);
    }
    static const char extension[] = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    if (mode_is(connection, "extension")) send_bytes(connection, extension, sizeof extension - 1);
    send_bytes(connection, "\r\n", 2);
    connection->socket = server_memory(NULL, sizeof *connection->socket);
    *connection->socket =
        (struct websocket_reader){.limit = SERVER_REQUEST_LARGEST, .masked = true};
    if (mode_is(connection, "greet")) send_text(connection, "welcome");
    return true;
}
