/** A request written as in HTTP/1.1, taken apart into the fields that HTTP/2 sends. */
#ifndef NET_HTTP2_REQUEST_H
#define NET_HTTP2_REQUEST_H

#include "net/http2_library.h"
#include "net/load_http2.h"

/** All point into the request's text or at static text. */
struct http2_request {
    nghttp2_nv fields[HTTP2_FIELDS_MOST + 4]; /**< the four of RFC 9113, section 8.3.1, first */
    size_t count;
    struct net_span body;
};

/** False: the text is no request, or has more headers than HTTP2_FIELDS_MOST. `secure`: :scheme is
 * https. */
bool http2_request_read(struct net_span text, bool secure, struct http2_request *request);

#endif
