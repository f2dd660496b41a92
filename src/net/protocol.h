/** What the load engine must be told of a protocol: when an answer is whole. HTTP/1.1 is one. */
#ifndef NET_PROTOCOL_H
#define NET_PROTOCOL_H

#include "net/load.h"

enum load_progress {
    LOAD_PARTIAL, /**< more is needed */
    LOAD_WHOLE,   /**< the answer ends with the last byte taken; the connection stays open */
    LOAD_LAST,    /**< the answer is whole; the connection must be closed */
    LOAD_WRONG,   /**< exchange->fault (and reason) say how it failed; closes the connection */
    LOAD_UNHEARD, /**< as LOAD_WRONG, and the peer says that it never took the request up: it goes
                     out once more over a new connection, unless it has already */
};

/** One connection as its protocol sees it, for as long as it stands. */
struct load_wire {
    void *state;                    /**< state_size bytes, zeroed when the connection was made */
    struct load_exchange *exchange; /**< under way; NULL between requests */
    const struct load_request *request; /**< of the exchange; NULL between requests */
    size_t body_limit;                  /**< the plan's */
    uint64_t now;                       /**< clock_now() when the bytes came that are taken */
    bool holding; /**< set by a protocol that gives: part of the request is still with it */
    bool wants;   /**< likewise: it has something to give */
    bool secure;  /**< the connection speaks TLS */
    void *engine; /**< the engine's own */
};

struct load_protocol {
    size_t state_size;
    /** A request is about to be sent: exchange and request are set. May be NULL. */
    void (*begin)(struct load_wire *wire);
    /**
     * Bytes came; `bytes` may be written to, and is gone afterwards. Sets *used to how many were
     * taken: all with LOAD_PARTIAL; what is left after LOAD_WHOLE is offered again at once. Without
     * an exchange (a ping between two messages) LOAD_WHOLE counts as LOAD_PARTIAL.
     */
    enum load_progress (*take)(struct load_wire *wire, char *bytes, size_t size, size_t *used);
    /**
     * For protocols whose requests are not sent as they are: fills `room` with what is to go out
     * now, of the request and of the protocol's own, and sets *size; 0: nothing, until bytes came
     * or a request begins. LOAD_PARTIAL, or LOAD_WRONG. NULL: the request's bytes go out.
     */
    enum load_progress (*give)(struct load_wire *wire, char *room, size_t *size);
    /** It sets exchange->first_byte itself, to wire->now: not all that comes is of an answer. */
    bool marks_first_byte;
    /** The peer closed. LOAD_LAST: that ends the answer; LOAD_WRONG: it should not have. */
    enum load_progress (*ended)(struct load_wire *wire);
    /** The exchange was told to the driver: what it pointed to may go. May be NULL. */
    void (*told)(struct load_wire *wire);
    /** The connection is gone: frees what the state owns. May be NULL. */
    void (*release)(struct load_wire *wire);
};

/** Sends bytes of the protocol's own (a pong, a close frame), after what is being sent. They are
 * copied. False: more than 64 KiB wait to be sent. */
bool load_wire_send(struct load_wire *wire, const void *bytes, size_t size);

extern const struct load_protocol load_http1;

#endif
