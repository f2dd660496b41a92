#include "net/websocket_frames.h"

#include <stdlib.h>

#include "base/arena.h"

/* The table of RFC 3629, section 4: how many bytes follow the first, and bounds of the second. */
static bool utf8_first(struct websocket_utf8 *utf8, uint8_t byte) {
    *utf8 = (struct websocket_utf8){0, 0x80, 0xbf};
    if (byte < 0x80) return true;
    if (byte < 0xc2 || byte > 0xf4) return false;
    utf8->due = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte == 0xe0) utf8->low = 0xa0;
    if (byte == 0xed) utf8->high = 0x9f; /* surrogates */
    if (byte == 0xf0) utf8->low = 0x90;
    if (byte == 0xf4) utf8->high = 0x8f;
    return true;
}

bool websocket_utf8_take(struct websocket_utf8 *utf8, struct net_span bytes) {
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t byte = (uint8_t)bytes.data[i];
        if (utf8->due == 0) {
            if (!utf8_first(utf8, byte)) return false;
            continue;
        }
        if (byte < utf8->low || byte > utf8->high) return false;
        utf8->low = 0x80;
        utf8->high = 0xbf;
        utf8->due--;
    }
    return true;
}

static enum websocket_result bad(struct websocket_piece *piece, const char *problem) {
    piece->problem = problem;
    return WEBSOCKET_BAD;
}

static bool is_control(uint8_t opcode) {
    return opcode >= WEBSOCKET_CLOSE;
}

/* How many bytes the header has, as far as its first two say. */
static size_t header_length(const struct websocket_reader *reader) {
    if (reader->header_size < 2) return 2;
    uint8_t length = reader->header[1] & 0x7f;
    return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (reader->masked ? 4 : 0);
}

/* The rules that the first two bytes can break. */
static const char *start_problem(const struct websocket_reader *reader) {
    uint8_t opcode = reader->header[0] & 0x0f, length = reader->header[1] & 0x7f;
    bool final = reader->header[0] & 0x80, masked = reader->header[1] & 0x80;
    if (reader->header[0] & 0x70) return "a frame has a reserved bit set";
    if (opcode > WEBSOCKET_PONG || (opcode > WEBSOCKET_BINARY && opcode < WEBSOCKET_CLOSE))
        return "a frame has a reserved opcode";
    if (masked != reader->masked)
        return masked ? "a server must not mask its frames" : "a client must mask its frames";
    if (is_control(opcode) && (!final || length > WEBSOCKET_CONTROL_MOST))
        return "a control frame is fragmented or longer than 125 bytes";
    if (opcode == WEBSOCKET_CONTINUATION && !reader->message)
        return "a continuation has no message to continue";
    if (opcode != WEBSOCKET_CONTINUATION && !is_control(opcode) && reader->message)
        return "a message begins within another";
    return NULL;
}

static uint64_t number_at(const uint8_t *bytes, size_t size) {
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++) number = number << 8 | bytes[i];
    return number;
}

/* The header is whole: what it says of the payload. */
static enum websocket_result header_note(struct websocket_reader *reader,
                                         struct websocket_piece *piece) {
    uint8_t length = reader->header[1] & 0x7f;
    reader->opcode = reader->header[0] & 0x0f;
    reader->final = reader->header[0] & 0x80;
    reader->left = length;
    if (length == 126) reader->left = number_at(reader->header + 2, 2);
    if (length == 127) reader->left = number_at(reader->header + 2, 8);
    reader->done = 0;
    reader->in_payload = true;
    if (length == 127 && reader->left >> 63) return bad(piece, "a frame's length is negative");
    if ((length == 126 && reader->left < 126) || (length == 127 && reader->left < 65536))
        return bad(piece, "a frame's length is not in its shortest form");
    if (is_control(reader->opcode)) {
        reader->control_size = 0;
        return WEBSOCKET_MORE;
    }
    if (reader->opcode != WEBSOCKET_CONTINUATION) {
        reader->message = reader->opcode;
        reader->held_size = 0;
        reader->utf8 = (struct websocket_utf8){0};
    }
    if (reader->left <= reader->limit - reader->held_size) return WEBSOCKET_MORE;
    piece->problem = "a message is larger than the bound";
    return WEBSOCKET_LARGE;
}

static enum websocket_result header_take(struct websocket_reader *reader, struct net_span bytes,
                                         struct websocket_piece *piece) {
    while (reader->header_size < header_length(reader)) {
        if (piece->used == bytes.size) return WEBSOCKET_MORE;
        reader->header[reader->header_size++] = (uint8_t)bytes.data[piece->used++];
        const char *problem = reader->header_size == 2 ? start_problem(reader) : NULL;
        if (problem) return bad(piece, problem);
    }
    return header_note(reader, piece);
}

static char *message_room(struct websocket_reader *reader, size_t size) {
    size_t wanted = reader->held_size + size;
    if (wanted > reader->held_room) {
        size_t room = 2 * reader->held_room > wanted ? 2 * reader->held_room : wanted;
        char *held = realloc(reader->held, room);
        if (!held) memory_exhausted();
        reader->held = held;
        reader->held_room = room;
    }
    char *to = reader->held + reader->held_size;
    reader->held_size = wanted;
    return to;
}

static enum websocket_result payload_take(struct websocket_reader *reader, struct net_span bytes,
                                          struct websocket_piece *piece) {
    size_t size = bytes.size - piece->used;
    if (size > reader->left) size = (size_t)reader->left;
    if (size == 0) return WEBSOCKET_MORE;
    const char *from = bytes.data + piece->used;
    const uint8_t *mask = reader->header + reader->header_size - 4;
    char *to;
    if (is_control(reader->opcode)) {
        to = reader->control + reader->control_size;
        reader->control_size = (uint8_t)(reader->control_size + size);
    } else {
        to = message_room(reader, size);
    }
    memcpy(to, from, size);
    for (size_t i = 0; reader->masked && i < size; i++)
        to[i] = (char)(to[i] ^ mask[(reader->done + i) & 3]);
    reader->left -= size;
    reader->done += size;
    piece->used += size;
    bool text = !is_control(reader->opcode) && reader->message == WEBSOCKET_TEXT;
    if (text && !websocket_utf8_take(&reader->utf8, (struct net_span){to, size}))
        return bad(piece, "a text message is not UTF-8");
    return WEBSOCKET_MORE;
}

/* Codes that may stand in a close frame: section 7.4, and those IANA has registered since. */
static bool is_close_code(uint16_t code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static enum websocket_result close_note(struct websocket_reader *reader,
                                        struct websocket_piece *piece) {
    struct websocket_utf8 utf8 = {0};
    piece->code = 1005;
    if (reader->control_size == 0) return WEBSOCKET_MESSAGE;
    if (reader->control_size == 1) return bad(piece, "a close frame has half a code");
    piece->code = (uint16_t)number_at((const uint8_t *)reader->control, 2);
    struct net_span reason = {reader->control + 2, reader->control_size - 2u};
    if (!is_close_code(piece->code)) return bad(piece, "a close frame has a code it must not have");
    if (!websocket_utf8_take(&utf8, reason) || utf8.due)
        return bad(piece, "the reason of a close frame is not UTF-8");
    return WEBSOCKET_MESSAGE;
}

/* The frame is whole, and with it perhaps a message. */
static enum websocket_result frame_note(struct websocket_reader *reader,
                                        struct websocket_piece *piece) {
    reader->in_payload = false;
    reader->header_size = 0;
    if (is_control(reader->opcode)) {
        piece->opcode = reader->opcode;
        piece->payload = (struct net_span){reader->control, reader->control_size};
        return reader->opcode == WEBSOCKET_CLOSE ? close_note(reader, piece) : WEBSOCKET_MESSAGE;
    }
    if (!reader->final) return WEBSOCKET_MORE;
    if (reader->message == WEBSOCKET_TEXT && reader->utf8.due)
        return bad(piece, "a text message ends within a character");
    piece->opcode = reader->message;
    piece->payload = (struct net_span){reader->held, reader->held_size};
    reader->message = 0;
    return WEBSOCKET_MESSAGE;
}

enum websocket_result websocket_read(struct websocket_reader *reader, struct net_span bytes,
                                     struct websocket_piece *piece) {
    *piece = (struct websocket_piece){0};
    for (;;) {
        enum websocket_result result = WEBSOCKET_MORE;
        if (!reader->in_payload) result = header_take(reader, bytes, piece);
        if (result != WEBSOCKET_MORE || !reader->in_payload) return result;
        result = payload_take(reader, bytes, piece);
        if (result != WEBSOCKET_MORE || reader->left > 0) return result;
        result = frame_note(reader, piece);
        if (result != WEBSOCKET_MORE || piece->used == bytes.size) return result;
    }
}

void websocket_reader_release(struct websocket_reader *reader) {
    free(reader->held);
    reader->held = NULL;
    reader->held_size = reader->held_room = 0;
}

static size_t length_size(size_t payload) {
    return payload < 126 ? 0 : payload < 65536 ? 2 : 8;
}

size_t websocket_frame_size(const struct websocket_frame *frame) {
    return 2 + length_size(frame->payload.size) + (frame->mask ? 4 : 0) + frame->payload.size;
}

void websocket_frame_write(const struct websocket_frame *frame, char *out) {
    size_t size = frame->payload.size, extra = length_size(size);
    *out++ = (char)(frame->opcode | (frame->more ? 0 : 0x80));
    *out++ = (char)((frame->mask ? 0x80 : 0) | (int)(extra == 0 ? size : extra == 2 ? 126 : 127));
    for (size_t i = extra; i-- > 0;) *out++ = (char)(size >> 8 * i & 0xff);
    for (int i = 0; frame->mask && i < 4; i++) *out++ = (char)frame->mask[i];
    for (size_t i = 0; i < size; i++)
        out[i] = (char)(frame->payload.data[i] ^ (frame->mask ? frame->mask[i & 3] : 0));
}
