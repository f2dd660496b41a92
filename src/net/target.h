/** A route with its addresses looked up: what struct net_target holds, for the files of net/. */
#ifndef NET_TARGET_H
#define NET_TARGET_H

#include <stdatomic.h>
#include <sys/socket.h>

#include "net/transport.h"

/** Addresses that are tried of one name. */
#define TARGET_ADDRESSES 8

struct target_address {
    struct sockaddr_storage name;
    socklen_t length;
};

struct net_target {
    struct target_address addresses[TARGET_ADDRESSES];
    uint8_t count;
    _Atomic uint8_t
        preferred; /**< the address that answered last: the next connection begins there */
    struct tls_client *tls;
    const char *host; /**< whom the certificate must name */
    enum net_proxy_kind proxy;
    struct tls_client *proxy_tls;
    const char *proxy_host;  /**< whom the proxy's certificate must name */
    struct net_span connect; /**< the request that opens the tunnel; size 0: none */
    struct net_span login;   /**< of SOCKS: user and password; size 0: none */
};

/** TLS over conn->fd: begins, steps, moves bytes. As the functions of transport.h. */
bool tls_begin(struct net_conn *conn);
enum net_wait tls_step(struct net_conn *conn);
ssize_t tls_read(struct net_conn *conn, void *bytes, size_t size);
ssize_t tls_write(struct net_conn *conn, const void *bytes, size_t size);
bool tls_pending(const struct net_conn *conn);
void tls_close(struct net_conn *conn);

/** conn.c: the talk with a proxy, over net_read and net_write. */
enum net_wait tunnel_step(struct net_conn *conn);

/** How far the talk has come. */
struct net_tunnel {
    size_t sent, received; /**< of the message that is sent, and of the answer to it */
    enum { SOCKS_HELLO, SOCKS_LOGIN, SOCKS_CONNECT } step;
    char answer[8192];
};

/** tunnel.c: sends what is left of a message of the talk; NET_READY when all is sent. */
enum net_wait tunnel_send(struct net_conn *conn, struct net_span message);
/** Reads on, up to `size` bytes of the answer in all. NET_READY: so many are there. */
enum net_wait tunnel_read(struct net_conn *conn, size_t size);

/** The whole talk with an HTTP proxy. */
enum net_wait connect_talk(struct net_conn *conn);

/** socks.c: the whole talk with a SOCKS proxy. */
enum net_wait socks_talk(struct net_conn *conn);
/** Makes what the target says to it: to connect to the address, or to the route's host by name
 * where `address` is NULL. */
void socks_prepare(struct arena *arena, const struct net_route *route,
                   const struct target_address *address, struct net_target *target);

/** Notes why a connection failed; always NET_FAILED. */
static inline enum net_wait conn_fail(struct net_conn *conn, enum net_fault fault,
                                      const char *reason) {
    conn->fault = (uint8_t)fault;
    conn->reason = reason;
    return NET_FAILED;
}

#endif
