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
    const char *host;        /**< whom the certificate must name */
    struct net_span connect; /**< the request that opens the tunnel; size 0: none */
};

/** TLS over conn->fd: begins, steps, moves bytes. As the functions of transport.h. */
bool tls_begin(struct net_conn *conn);
enum net_wait tls_step(struct net_conn *conn);
ssize_t tls_read(struct net_conn *conn, void *bytes, size_t size);
ssize_t tls_write(struct net_conn *conn, const void *bytes, size_t size);
bool tls_pending(const struct net_conn *conn);
void tls_close(struct net_conn *conn);

/** The talk with a proxy over conn->fd. */
enum net_wait tunnel_step(struct net_conn *conn);

/** Notes why a connection failed; always NET_FAILED. */
static inline enum net_wait conn_fail(struct net_conn *conn, enum net_fault fault,
                                      const char *reason) {
    conn->fault = (uint8_t)fault;
    conn->reason = reason;
    return NET_FAILED;
}

#endif
