/** HTTP/2 for the test server, frames written by hand. */
#ifndef SUPPORT_TEST_SERVER_HTTP2_H
#define SUPPORT_TEST_SERVER_HTTP2_H

#include "test_server.h"

enum {
    FRAME_DATA,
    FRAME_HEADERS,
    FRAME_RESET = 3,
    FRAME_SETTINGS,
    FRAME_PUSH,
    FRAME_PING,
    FRAME_GOAWAY,
    FRAME_WINDOW,
    FRAME_CONTINUATION
};
enum { FLAG_END_STREAM = 1, FLAG_ACK = 1, FLAG_END_HEADERS = 4 };

/** What stands before a frame's payload. */
struct server_frame {
    uint8_t type, flags;
    uint32_t stream;
};

/** Adds to what goes out. */
void server_out(struct server_connection *connection, const void *bytes, size_t size);
void server_frame_add(struct server_connection *connection, struct server_frame frame,
                      const void *payload, size_t size);
/** A header field as a literal that no table keeps (RFC 7541, section 6.2.2); returns its size. */
size_t server_field(char *room, const char *name, const char *value);

/** The answers of /h2/MODE/N that HTTP/1.1 has not got; false: no such mode. */
bool server_http2_fault(struct server_connection *connection, uint32_t stream, const char *mode,
                        unsigned long number);

#endif
