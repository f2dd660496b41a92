/** The opening handshake of WebSocket, as a client makes and checks it (RFC 6455, section 4). */
#ifndef NET_WEBSOCKET_HANDSHAKE_H
#define NET_WEBSOCKET_HANDSHAKE_H

#include <stdbool.h>

#include "net/span.h"

enum { WEBSOCKET_KEY = 25, WEBSOCKET_ACCEPT = 29 };

/** The nonce of one handshake in base64, and what a server must answer to it; NUL-terminated. */
struct websocket_key {
    char key[WEBSOCKET_KEY], accept[WEBSOCKET_ACCEPT];
};

/** What a server answers to a key (section 4.2.2, number 5.4). */
void websocket_accept(const char *key, char accept[WEBSOCKET_ACCEPT]);

/** A new nonce of 16 random bytes. */
void websocket_key_make(struct websocket_key *key);

/** Random bytes for masks, which must not be foreseeable (section 5.3). */
void websocket_random(void *bytes, size_t size);

/** What a handshake's answer is held against. */
struct websocket_offer {
    const char *accept;              /**< of the key that was sent */
    const char *const *subprotocols; /**< that were offered */
    size_t subprotocol_count;
};

/**
 * Why an answer with status 101 is none (section 4.1), as static text; NULL: it is one. A server
 * that chooses none of the subprotocols offered is refused, as browsers do (WHATWG WebSockets), and
 * so is one that claims an extension, as none is ever offered.
 */
const char *websocket_answer_problem(struct net_span lines, const struct websocket_offer *offer);

#endif
