/** WebSocket frames (RFC 6455, section 5): strict reading of messages, and writing of frames. */
#ifndef NET_WEBSOCKET_FRAMES_H
#define NET_WEBSOCKET_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "net/span.h"

/** Most bytes of a frame's header, and of a control frame's payload. */
enum { WEBSOCKET_HEADER_MOST = 14, WEBSOCKET_CONTROL_MOST = 125 };

enum websocket_opcode {
    WEBSOCKET_CONTINUATION = 0,
    WEBSOCKET_TEXT = 1,
    WEBSOCKET_BINARY = 2,
    WEBSOCKET_CLOSE = 8,
    WEBSOCKET_PING = 9,
    WEBSOCKET_PONG = 10,
};

/** Text that arrives in pieces: well-formed UTF-8 (RFC 3629) so far. Zero-initialised. */
struct websocket_utf8 {
    uint8_t due, low, high; /**< bytes that a character still needs; bounds of the next one */
};
/** False: no continuation can make it UTF-8. At the end of the text, `due` must be 0. */
bool websocket_utf8_take(struct websocket_utf8 *utf8, struct net_span bytes);

enum websocket_result {
    WEBSOCKET_MORE,
    WEBSOCKET_MESSAGE, /**< a whole message, or a whole control frame */
    WEBSOCKET_BAD,     /**< RFC 6455 does not allow it */
    WEBSOCKET_LARGE,   /**< a message beyond the limit */
};

/** What one call of websocket_read took, and what became whole by it. */
struct websocket_piece {
    size_t used;
    uint8_t opcode;          /**< TEXT, BINARY, CLOSE, PING or PONG */
    struct net_span payload; /**< unmasked; until the next call. Of CLOSE: with code and reason */
    uint16_t code;           /**< of CLOSE: 1000..4999; 1005 where none was sent */
    const char *problem;     /**< with WEBSOCKET_BAD and _LARGE: static text */
};

/** One direction of a connection. Zero-initialised plus `limit` and `masked`. */
struct websocket_reader {
    size_t limit; /**< most bytes of a message */
    bool masked;  /**< whether the peer must mask (it is a client) or must not */
    bool in_payload, final;
    uint8_t opcode;  /**< of the frame */
    uint8_t message; /**< opcode of the message under way; 0: none */
    uint8_t header_size;
    uint8_t header[WEBSOCKET_HEADER_MOST];
    uint8_t control_size;
    char control[WEBSOCKET_CONTROL_MOST];
    uint64_t left, done; /**< bytes of the frame's payload */
    struct websocket_utf8 utf8;
    char *held; /**< malloc'd: the message so far */
    size_t held_size, held_room;
};

/**
 * Takes bytes up to the end of the next message or control frame; control frames may come between
 * the frames of a message. WEBSOCKET_BAD on: reserved bits and opcodes (no extension is ever
 * agreed on), a wrong mask, lengths not in their shortest form, control frames that are long or
 * fragmented, fragments out of turn, text that is not UTF-8 (as early as it shows), close frames of
 * one byte or with a code that must not be sent (section 7.4). After it nothing more is read.
 */
enum websocket_result websocket_read(struct websocket_reader *reader, struct net_span bytes,
                                     struct websocket_piece *piece);
void websocket_reader_release(struct websocket_reader *reader);

/** A frame to write. */
struct websocket_frame {
    uint8_t opcode;
    bool more;                 /**< another frame of the message follows */
    const unsigned char *mask; /**< four bytes, unpredictable; NULL: unmasked (a server) */
    struct net_span payload;
};
/** Bytes it takes, then the bytes themselves; `out` has that many. */
size_t websocket_frame_size(const struct websocket_frame *frame);
void websocket_frame_write(const struct websocket_frame *frame, char *out);

#endif
