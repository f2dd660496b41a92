/** HTTP/2 for the load engine: one stream at a time over each connection. */
#ifndef NET_LOAD_HTTP2_H
#define NET_LOAD_HTTP2_H

#include "net/protocol.h"

/** Bounds beside those of an answer in HTTP/1.1 (net/http1.h), which hold here too. */
enum {
    HTTP2_FIELDS_MOST = 256,       /**< headers of one request */
    HTTP2_UNASKED_MOST = 65536,    /**< bytes that a server may send between two requests */
    HTTP2_OVERHEAD_MOST = 1 << 20, /**< bytes beside twice the largest body, of one answer */
};

/** Whether HTTP/2 can be spoken here; else *problem says what is missing (static text). */
bool load_http2_ready(const char **problem);

/**
 * Requests are given as in HTTP/1.1, the whole text with its body; what goes out is made of it:
 * `Host` becomes :authority. exchange->head and lines are the header lines of the answer, written
 * as in HTTP/1.1, without a status line. The stream's end is the answer's; whatever fails closes
 * the connection. Requests that the server says it has not taken up (GOAWAY without an error) go
 * out once more. Over TLS the connection must have chosen `h2` (tls_options.http2).
 */
extern const struct load_protocol load_http2;

#endif
