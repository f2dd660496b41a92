/** What the files of the test server share: a connection, and what it is to do with its bytes. */
#ifndef SUPPORT_TEST_SERVER_H
#define SUPPORT_TEST_SERVER_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/loop.h"
#include "net/websocket_frames.h"

#define SERVER_REQUEST_LARGEST (1 << 20)

/** What happens to a connection once its answer is out. */
enum server_then { THEN_KEEP, THEN_CLOSE, THEN_RESET, THEN_SILENCE };

/** One request, as text within the connection's buffer; NUL-terminated copies are not needed. */
struct server_request {
    char method[16];
    char target[16384]; /* path and query as sent */
    const char *head;   /* the whole head */
    size_t head_size;
    const char *body;
    size_t body_size;
};

struct server_connection {
    int fd;
    uint32_t id;
    SSL *ssl;
    bool used, handshaken;
    char *in;
    size_t in_size, in_room;
    char *out; /* answer that goes out */
    size_t out_size, out_sent;
    enum server_then then;
    uint64_t drip;  /* ns between two bytes of the answer; 0: all at once */
    uint64_t delay; /* ns before the answer begins */
    bool endless;   /* the answer begins again where `again` is, for ever */
    size_t again;
    uint64_t arrived; /* wall clock, ns: when the request's bytes reached this machine's kernel */
    bool recorded;    /* the answer's time goes into the record */
    bool waiting;     /* its timer decides when it goes on */
    struct websocket_reader *socket; /* malloc'd once it was upgraded */
    char mode[32];                   /* what the upgraded connection does */
    struct server_http2 *http2;      /* malloc'd once it began with HTTP/2's preface */
};

/** Times of the answers of /model/..., from arrival to the last byte written, in nanoseconds. */
struct server_record {
    uint64_t *items;
    size_t count, room;
};

struct server {
    struct loop *loop;
    int listener;
    SSL_CTX *tls;
    bool http1_only; /* HTTP/2 is not spoken, nor offered by ALPN */
    struct server_connection *connections;
    uint32_t connection_count;
    struct server_record record;
    uint64_t messages; /* of /ws/flaky */
    uint64_t modelled; /* requests of /model/... so far */
    uint64_t random;
    uint64_t accepted, requests;
};

/** Fills in the answer to a request. */
void server_answer(struct server *server, struct server_connection *connection,
                   const struct server_request *request);

/** Upgrades to WebSocket, see test_server_socket.c; false: it does not. */
bool server_socket_open(struct server_connection *connection, const struct server_request *request,
                        const char *mode);
/** Takes what has come on an upgraded connection, and replies. */
void server_socket_read(struct server *server, struct server_connection *connection);

/** Turns a connection that begins with HTTP/2's preface into one, see test_server_http2.c; false:
 * it does not begin so. */
bool server_http2_open(struct server_connection *connection);
/** Takes what has come on it, and answers. */
void server_http2_read(struct server *server, struct server_connection *connection);
void server_http2_release(struct server_connection *connection);

/** The body of /packed/REST, malloc'd, and its status and headers; see test_server_packed.c. */
char *server_packed(const char *rest, char *header, size_t room, size_t *size);

/** A context whose certificate is `good` (localhost, 127.0.0.1, ::1), `expired`, `wrong-name` or
 * `old` (speaks TLS 1.1 at most); the certificate is written to `path`, to be believed, and its key
 * to `path`.key, for other servers. */
SSL_CTX *server_tls(const char *kind, const char *path);
/** Chooses h2 or http/1.1 of what a client offers (ALPN); `http1_only`: the latter, or nothing. */
void server_tls_protocols(SSL_CTX *context, const bool *http1_only);

uint64_t server_wall_clock(void);
/** Bytes of memory that is never NULL. */
void *server_memory(void *old, size_t size);

#endif
