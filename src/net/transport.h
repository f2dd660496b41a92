/** From a host's name to a connection that carries bytes: TCP, Unix sockets, TLS, through a proxy.
 */
#ifndef NET_TRANSPORT_H
#define NET_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "net/fault.h"
#include "net/span.h"
#include "net/url.h"

/** What TLS asks for; zero-initialised is right for most. TLS 1.2 or later. */
struct tls_options {
    const char *ca_file; /**< PEM file of authorities instead of the system's; NULL: the system's */
    bool insecure;       /**< believes any certificate */
    bool http2; /**< ALPN h2, and a server that does not choose it fails; else ALPN http/1.1 */
};

/** One SSL_CTX, shared by all connections, also by those of several threads. */
struct tls_client;

/** NULL with *problem, in `arena`, when the authorities cannot be read. */
struct tls_client *tls_client_new(struct arena *arena, const struct tls_options *options,
                                  const char **problem);
/** After the last connection was closed. NULL is fine. */
void tls_client_free(struct tls_client *tls);

/** What a proxy speaks. */
enum net_proxy_kind {
    NET_PROXY_NONE,
    NET_PROXY_HTTP,    /**< over TLS where `tls` is set; CONNECT opens a tunnel (RFC 9110, 9.3.6) */
    NET_PROXY_SOCKS5,  /**< RFC 1928, with the address of the host looked up here */
    NET_PROXY_SOCKS5H, /**< the same, with the host's name, which the proxy looks up */
};

/** A proxy to go through; zero-initialised is none. */
struct net_proxy {
    enum net_proxy_kind kind;
    const char *host;
    uint16_t port;
    const char *user, *password; /**< NULL: none; SOCKS: at most 255 bytes each (RFC 1929) */
    const char *authorization;   /**< of HTTP: value of Proxy-Authorization; or NULL */
    bool tunnel; /**< of HTTP: ask for a tunnel; false: requests go to it in absolute form */
    struct tls_client *tls; /**< of HTTP: how to speak TLS with it; NULL: not at all */
};

/** Where to connect and what to do before the first byte of one's own. */
struct net_route {
    const char *host; /**< as struct url has it */
    uint16_t port;
    const char *unix_socket; /**< path of a Unix socket that replaces host and port; or NULL */
    struct net_proxy proxy;
    struct tls_client *tls; /**< NULL: no TLS */
};

/** A route with its addresses, looked up once. Read by all connections; owned by the arena. */
struct net_target;

/**
 * Looks the addresses up with getaddrinfo, which has no time limit but the resolver's own. *took is
 * nanoseconds. NULL with *fault (NET_DNS, or NET_CLIENT for a socket's path too long) and *problem.
 */
struct net_lookup {
    uint64_t took;
    enum net_fault fault;
    const char *problem;
};
struct net_target *net_target_new(struct arena *arena, const struct net_route *route,
                                  struct net_lookup *lookup);

/** What a connection waits for. */
enum net_wait {
    NET_READY,
    NET_WAIT_READ,
    NET_WAIT_WRITE,
    NET_WAIT_MOMENT, /**< no descriptor tells: step again in a millisecond */
    NET_FAILED,
};

/** How far the connection has come. */
enum net_stage {
    NET_SHUT,
    NET_CONNECTING,
    NET_PROXY_SHAKING, /**< TLS with the proxy */
    NET_TUNNELLING,
    NET_SHAKING,
    NET_OPEN,
};

/** One connection; zero-initialised is closed. Small: all that TLS and tunnels need is elsewhere.
 */
struct net_conn {
    int fd;                    /**< valid while stage is not NET_SHUT */
    uint8_t stage;             /**< enum net_stage */
    uint8_t fault;             /**< enum net_fault, after NET_FAILED or a negative count */
    uint8_t address;           /**< index of the target's address in use */
    uint8_t tried;             /**< how many of its addresses were tried */
    uint8_t sockets;           /**< sockets made so far: another number, another descriptor */
    struct net_target *target; /**< who is at the other end */
    const char *reason; /**< after a failure: what went wrong in words; static text, or NULL */
    void *ssl;          /**< TLS state of what is read and written, or NULL */
    void *outer;        /**< TLS with the proxy below that with the target, or NULL */
    struct net_tunnel *tunnel; /**< talk with the proxy, or NULL */
    uint64_t started;          /**< clock_now() when connecting began */
    uint64_t connected;        /**< when TCP (and TLS with the proxy, and the tunnel) stood */
    uint64_t secured;          /**< when TLS stood; 0 without TLS */
};

/**
 * Begins to connect, never blocks. Then, whenever the descriptor is ready for what the answer says,
 * net_conn_step until it says NET_READY or NET_FAILED. A step may replace `fd` (the next address);
 * `sockets` tells. After NET_FAILED the connection is closed.
 */
enum net_wait net_conn_begin(struct net_conn *conn, struct net_target *target);
enum net_wait net_conn_step(struct net_conn *conn);

/**
 * Bytes moved, at least 1; 0 from net_read: the peer closed (properly, where there is TLS);
 * NET_AGAIN: wait for the descriptor; NET_BROKEN: failed, conn->fault says how. Never raise
 * SIGPIPE.
 */
enum { NET_AGAIN = -1, NET_BROKEN = -2 };
ssize_t net_read(struct net_conn *conn, void *bytes, size_t size);
ssize_t net_write(struct net_conn *conn, const void *bytes, size_t size);

/** Whether bytes are at hand that the descriptor does not show any more (TLS). */
bool net_pending(const struct net_conn *conn);

/** Closes; fine when closed. `fault`, `reason` and the times stay. */
void net_conn_close(struct net_conn *conn);

#endif
