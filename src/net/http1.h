/** Reading HTTP/1.1 answers strictly (RFC 9112), with nothing allocated and everything bounded. */
#ifndef NET_HTTP1_H
#define NET_HTTP1_H

#include <stdbool.h>
#include <stdint.h>

#include "net/span.h"

/** Bounds on what a server may send. */
#define HTTP1_HEAD_LARGEST 65536 /**< bytes of status line and headers together */
#define HTTP1_HEADERS_MOST 256   /**< header lines */
#define HTTP1_INTERIM_MOST 16    /**< 1xx answers before the real one */
#define HTTP1_CHUNK_LINE 4096    /**< bytes of a chunk's size line with its extensions */

enum http1_result { HTTP1_MORE, HTTP1_DONE, HTTP1_BAD, HTTP1_LARGE };

/** How the end of a body is found (RFC 9112, section 6.3). */
enum http1_framing { HTTP1_EMPTY, HTTP1_LENGTH, HTTP1_CHUNKED, HTTP1_UNTIL_CLOSE };

struct http1_head {
    uint16_t status;       /**< 100..999 */
    uint8_t framing;       /**< enum http1_framing, of an answer to other than HEAD */
    bool keep_alive;       /**< another request may follow on the connection */
    uint64_t length;       /**< Content-Length, where written; else 0 */
    bool has_length;       /**< a Content-Length is written */
    struct net_span lines; /**< the header lines with their CRLFs, without the empty one */
    size_t size;           /**< bytes of the whole head with the empty line */
};

/**
 * Reads the head that `bytes` begin with, interim answers included: a caller skips 1xx (but 101)
 * by `size` and calls again. HTTP1_MORE: its end is not there yet. HTTP1_BAD with *problem (static
 * text) on all that RFC 9112 does not allow a server to send: bare LF, folded lines, blanks before
 * a colon, control bytes, both Content-Length and Transfer-Encoding, differing lengths, a transfer
 * coding other than chunked, an unknown version. HTTP1_LARGE: beyond the bounds above.
 */
enum http1_result http1_head_read(struct net_span bytes, struct http1_head *head,
                                  const char **problem);

/** Header lines one after the other: begin with *at 0; false at the end. Values are trimmed. */
struct http1_header {
    struct net_span name, value;
};
bool http1_header_next(struct net_span lines, size_t *at, struct http1_header *header);

/** The value of the first header of that name, in any case of letters; data NULL: there is none. */
struct net_span http1_header_find(struct net_span lines, const char *name);

/** A body while it arrives. Zero-initialised plus http1_body_begin. */
struct http1_body {
    uint8_t framing, state;
    uint16_t line; /**< bytes of the size line or trailers so far */
    uint64_t left; /**< bytes still due of the body or the chunk */
};

/** `no_body`: the request was HEAD, or the status is 1xx, 204, 304. */
void http1_body_begin(struct http1_body *body, const struct http1_head *head, bool no_body);

/** What one call of http1_body_read took, and the body's bytes in it. */
struct http1_piece {
    size_t used;          /**< bytes of the input that belong to the body and its framing */
    struct net_span data; /**< inside the input; may be empty */
};

/**
 * Takes the next piece, at most one chunk's data. HTTP1_MORE: call again with the rest, or when
 * more has come; HTTP1_DONE: the body is whole, bytes beyond `used` are not its own.
 */
enum http1_result http1_body_read(struct http1_body *body, struct net_span bytes,
                                  struct http1_piece *piece, const char **problem);

/** The peer closed: HTTP1_DONE where that ends the body, else HTTP1_BAD. */
enum http1_result http1_body_end(const struct http1_body *body);

#endif
