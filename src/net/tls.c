#include <arpa/inet.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "net/target.h"
#include "net/tls_library.h"

/* So many connections keep their buffers of 34 KiB between messages; more give them back, which
 * costs processor time and holds 10,000 of them in memory. */
#define ROOMY_CONNECTIONS 256

struct tls_client {
    SSL_CTX *context;
    bool http2;
    _Atomic unsigned open;
    BIO_METHOD *method; /* send and recv: OpenSSL's own would raise SIGPIPE */
    BIO_METHOD *inner;  /* over TLS with a proxy */
};

static int bio_fd(BIO *bio) {
    return (int)(intptr_t)BIO_get_data(bio);
}

static int bio_result(BIO *bio, ssize_t count, int retry) {
    BIO_clear_retry_flags(bio);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
    if (count == 0 && retry == BIO_FLAGS_READ) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return (int)count;
}

static int bio_read(BIO *bio, char *bytes, int size) {
    BIO_clear_flags(bio, BIO_FLAGS_IN_EOF);
    return bio_result(bio, recv(bio_fd(bio), bytes, (size_t)size, 0), BIO_FLAGS_READ);
}

static int bio_write(BIO *bio, const char *bytes, int size) {
    return bio_result(bio, send(bio_fd(bio), bytes, (size_t)size, MSG_NOSIGNAL), BIO_FLAGS_WRITE);
}

static long bio_control(BIO *bio, int command, long number, void *pointer) {
    (void)number, (void)pointer;
    if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP;
}

/** What TLS with a proxy said, as what a socket would have said. */
static int inner_result(BIO *bio, int result, size_t count, int retry) {
    BIO_clear_retry_flags(bio);
    if (result == 1) return (int)count;
    int error = SSL_get_error(BIO_get_data(bio), result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
    if (error != SSL_ERROR_ZERO_RETURN) return -1;
    if (retry == BIO_FLAGS_READ) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return 0;
}

static int inner_read(BIO *bio, char *bytes, int size) {
    size_t count = 0;
    BIO_clear_flags(bio, BIO_FLAGS_IN_EOF);
    int result = SSL_read_ex(BIO_get_data(bio), bytes, (size_t)size, &count);
    return inner_result(bio, result, count, BIO_FLAGS_READ);
}

static int inner_write(BIO *bio, const char *bytes, int size) {
    size_t count = 0;
    int result = SSL_write_ex(BIO_get_data(bio), bytes, (size_t)size, &count);
    return inner_result(bio, result, count, BIO_FLAGS_WRITE);
}

static BIO_METHOD *bio_method(int (*read)(BIO *, char *, int),
                              int (*write)(BIO *, const char *, int)) {
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "perfbudget");
    if (!method) memory_exhausted();
    BIO_meth_set_read(method, read);
    BIO_meth_set_write(method, write);
    BIO_meth_set_ctrl(method, bio_control);
    return method;
}

static bool authorities(SSL_CTX *context, const struct tls_options *options) {
    if (options->insecure) return true;
    if (options->ca_file) return SSL_CTX_load_verify_file(context, options->ca_file) == 1;
    return SSL_CTX_set_default_verify_paths(context) == 1;
}

struct tls_client *tls_client_new(struct arena *arena, const struct tls_options *options,
                                  const char **problem) {
    static const unsigned char http1[] = "\x08http/1.1", http2[] = "\x02h2";
    if (!tls_library(problem)) return NULL;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context) memory_exhausted();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_quiet_shutdown(context, 1);
    SSL_CTX_set_alpn_protos(context, options->http2 ? http2 : http1,
                            (options->http2 ? sizeof http2 : sizeof http1) - 1);
    SSL_CTX_set_verify(context, options->insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    ERR_clear_error();
    if (!authorities(context, options)) {
        *problem = text_format(arena, "no certificates of authorities can be read from %s",
                               options->ca_file ? options->ca_file : "the system's store");
        SSL_CTX_free(context);
        return NULL;
    }
    struct tls_client *tls = calloc(1, sizeof *tls);
    if (!tls) memory_exhausted();
    *tls = (struct tls_client){.context = context,
                               .method = bio_method(bio_read, bio_write),
                               .inner = bio_method(inner_read, inner_write),
                               .http2 = options->http2};
    return tls;
}

void tls_client_free(struct tls_client *tls) {
    if (!tls) return;
    SSL_CTX_free(tls->context);
    BIO_meth_free(tls->method);
    BIO_meth_free(tls->inner);
    free(tls);
}

/** The certificate must name this host; only names, no addresses, are sent as SNI (RFC 6066). */
static bool expect_host(SSL *ssl, const char *host) {
    unsigned char address[16];
    if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set_tlsext_host_name(ssl, host) == 1 && SSL_set1_host(ssl, host) == 1;
}

/** Whose connection conn->ssl is: the target's, or the proxy's as long as there is no other. */
static struct tls_client *client_of(const struct net_conn *conn) {
    bool proxy = conn->target->proxy_tls && !conn->outer;
    return proxy ? conn->target->proxy_tls : conn->target->tls;
}

bool tls_begin(struct net_conn *conn) {
    conn->outer = conn->ssl;
    struct tls_client *tls = client_of(conn);
    SSL *ssl = SSL_new(tls->context);
    BIO *bio = ssl ? BIO_new(conn->outer ? tls->inner : tls->method) : NULL;
    if (!bio) memory_exhausted();
    BIO_set_data(bio, conn->outer ? conn->outer : (void *)(intptr_t)conn->fd);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_read_ahead(ssl, 1);
    if (atomic_fetch_add_explicit(&tls->open, 1, memory_order_relaxed) >= ROOMY_CONNECTIONS)
        SSL_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
    SSL_set_connect_state(ssl);
    conn->ssl = ssl;
    bool proxy = conn->stage == NET_PROXY_SHAKING;
    if (expect_host(ssl, proxy ? conn->target->proxy_host : conn->target->host)) return true;
    conn_fail(conn, NET_TLS, "the host's name cannot stand in a certificate");
    return false;
}

/** Why OpenSSL gave up, as a fault and static words. */
static void note_failure(struct net_conn *conn, int error, int number) {
    unsigned long code = ERR_peek_last_error();
    long verified = SSL_get_verify_result(conn->ssl);
    const char *words = code ? ERR_reason_error_string(code) : NULL;
    if (error == SSL_ERROR_SYSCALL && number != 0)
        conn_fail(conn, net_fault_of_errno(number), NULL);
    else if (conn->stage != NET_OPEN && verified != X509_V_OK)
        conn_fail(conn, NET_TLS, X509_verify_cert_error_string(verified));
    else if (ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        conn_fail(conn, conn->stage == NET_OPEN ? NET_CLOSED : NET_TLS,
                  "closed without a TLS close_notify");
    else
        conn_fail(conn, NET_TLS, words ? words : "the TLS connection failed");
}

/** The server must have chosen HTTP/2 where that alone will be spoken (RFC 9113, section 3.2). */
static enum net_wait chosen(struct net_conn *conn) {
    const unsigned char *name;
    unsigned length;
    if (!client_of(conn)->http2) return NET_READY;
    SSL_get0_alpn_selected(conn->ssl, &name, &length);
    if (length == 2 && memcmp(name, "h2", 2) == 0) return NET_READY;
    return conn_fail(conn, NET_TLS,
                     "the server does not speak HTTP/2: it did not choose h2 (ALPN)");
}

enum net_wait tls_step(struct net_conn *conn) {
    ERR_clear_error();
    errno = 0;
    int result = SSL_do_handshake(conn->ssl);
    int number = errno;
    if (result == 1) return chosen(conn);
    int error = SSL_get_error(conn->ssl, result);
    if (error == SSL_ERROR_WANT_READ) return NET_WAIT_READ;
    if (error == SSL_ERROR_WANT_WRITE) return NET_WAIT_WRITE;
    note_failure(conn, error, number);
    return NET_FAILED;
}

static ssize_t moved(struct net_conn *conn, int result, size_t count) {
    int number = errno;
    if (result == 1) return (ssize_t)count;
    int error = SSL_get_error(conn->ssl, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return NET_AGAIN;
    if (error == SSL_ERROR_ZERO_RETURN) return 0;
    note_failure(conn, error, number);
    return NET_BROKEN;
}

ssize_t tls_read(struct net_conn *conn, void *bytes, size_t size) {
    size_t count = 0;
    ERR_clear_error();
    errno = 0;
    int result = SSL_read_ex(conn->ssl, bytes, size, &count);
    return moved(conn, result, count);
}

ssize_t tls_write(struct net_conn *conn, const void *bytes, size_t size) {
    size_t count = 0;
    ERR_clear_error();
    errno = 0;
    int result = SSL_write_ex(conn->ssl, bytes, size, &count);
    return moved(conn, result, count);
}

bool tls_pending(const struct net_conn *conn) {
    return SSL_has_pending(conn->ssl) == 1 || (conn->outer && SSL_has_pending(conn->outer) == 1);
}

void tls_close(struct net_conn *conn) {
    atomic_fetch_sub_explicit(&client_of(conn)->open, 1, memory_order_relaxed);
    SSL_free(conn->ssl);
    conn->ssl = NULL;
    if (!conn->outer) return;
    atomic_fetch_sub_explicit(&conn->target->proxy_tls->open, 1, memory_order_relaxed);
    SSL_free(conn->outer);
    conn->outer = NULL;
}
