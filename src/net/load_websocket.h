/** WebSocket for the load engine: a handshake, then messages that replies come to. */
#ifndef NET_LOAD_WEBSOCKET_H
#define NET_LOAD_WEBSOCKET_H

#include "net/protocol.h"
#include "net/websocket_frames.h"
#include "net/websocket_handshake.h"

/** What a message that came is to the request under way. */
enum load_reply {
    LOAD_REPLY,       /**< one of those that are waited for */
    LOAD_OTHER_REPLY, /**< something else that a server may send */
    LOAD_WRONG_REPLY, /**< the request failed; exchange->reason stays NULL for the driver to say */
};

/** What load_request.ask points to with this protocol; lives until `done` returns. */
struct load_websocket {
    bool handshake; /**< the request is one: the answer must be 101 and right */
    bool strict;    /**< a message that came while none was waited for fails the request */
    struct websocket_offer offer; /**< of a handshake */
    uint32_t replies;             /**< that end the request */
    enum load_reply (*judge)(void *context, uint32_t number, struct net_span message, bool text);
    void *context; /**< of judge, whose `number` counts the replies from 0 */
};

/**
 * Exchanges end when the handshake was answered (its status is set; any but 101 closes the
 * connection without a fault), or with the last reply. Pings are answered. A close frame fails what
 * is under way as NET_CLOSED, and the connection is closed without a close frame of one's own, also
 * when the load ends. `body_limit` bounds a message.
 */
extern const struct load_protocol load_websocket;

#endif
