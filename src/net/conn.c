#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "net/target.h"

static void shut(struct net_conn *conn) {
    if (conn->ssl) tls_close(conn);
    free(conn->tunnel);
    conn->tunnel = NULL;
    if (conn->stage != NET_SHUT) close(conn->fd);
    conn->stage = NET_SHUT;
    conn->fd = -1;
}

void net_conn_close(struct net_conn *conn) {
    shut(conn);
}

/** What follows once the stage before is over. */
static enum net_wait advance(struct net_conn *conn) {
    bool tunnel = conn->target->connect.size > 0;
    if (conn->stage == NET_CONNECTING && conn->target->proxy_tls) {
        conn->stage = NET_PROXY_SHAKING;
        return tls_begin(conn) ? NET_WAIT_WRITE : NET_FAILED;
    }
    if (conn->stage <= NET_PROXY_SHAKING && tunnel) {
        conn->stage = NET_TUNNELLING;
        return NET_WAIT_WRITE;
    }
    if (conn->stage != NET_SHAKING) {
        conn->connected = clock_now();
        atomic_store_explicit(&conn->target->preferred, conn->address, memory_order_relaxed);
        if (conn->target->tls) {
            conn->stage = NET_SHAKING;
            return tls_begin(conn) ? NET_WAIT_WRITE : NET_FAILED;
        }
    } else {
        conn->secured = clock_now();
    }
    conn->stage = NET_OPEN;
    return NET_READY;
}

static enum net_wait attempt(struct net_conn *conn) {
    const struct target_address *address = &conn->target->addresses[conn->address];
    int family = address->name.ss_family;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return conn_fail(conn, net_fault_of_errno(errno), "no socket could be made");
    conn->fd = fd;
    conn->stage = NET_CONNECTING;
    conn->sockets++;
    int on = 1;
    if (family != AF_UNIX) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (const struct sockaddr *)&address->name, address->length) == 0)
        return advance(conn);
    if (errno == EINPROGRESS || errno == EINTR) return NET_WAIT_WRITE;
    if (errno == EAGAIN) return NET_WAIT_MOMENT; /* a Unix socket whose backlog is full */
    return conn_fail(conn, net_fault_of_errno(errno), NULL);
}

/** Whether another address may do better than the one that failed. */
static bool another(struct net_conn *conn) {
    if (conn->stage != NET_CONNECTING || conn->fault == NET_CLIENT) return false;
    if (conn->tried + 1 >= conn->target->count) return false;
    conn->tried++;
    conn->address = (uint8_t)((conn->address + 1) % conn->target->count);
    return true;
}

/** Goes on to the next address as long as connecting fails at once. */
static enum net_wait settle(struct net_conn *conn, enum net_wait wait) {
    while (wait == NET_FAILED && another(conn)) {
        shut(conn);
        conn->fault = NET_NONE;
        wait = attempt(conn);
    }
    if (wait == NET_FAILED) shut(conn);
    return wait;
}

enum net_wait net_conn_begin(struct net_conn *conn, struct net_target *target) {
    *conn = (struct net_conn){
        .fd = -1,
        .target = target,
        .address = atomic_load_explicit(&target->preferred, memory_order_relaxed),
        .started = clock_now(),
    };
    return settle(conn, attempt(conn));
}

static enum net_wait connect_step(struct net_conn *conn) {
    const struct target_address *address = &conn->target->addresses[conn->address];
    if (address->name.ss_family == AF_UNIX) {
        shut(conn);
        return attempt(conn);
    }
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error != 0) return conn_fail(conn, net_fault_of_errno(error), NULL);
    return advance(conn);
}

enum net_wait tunnel_step(struct net_conn *conn) {
    if (!conn->tunnel) conn->tunnel = calloc(1, sizeof *conn->tunnel);
    if (!conn->tunnel) memory_exhausted();
    bool http = conn->target->proxy == NET_PROXY_HTTP;
    enum net_wait wait = http ? connect_talk(conn) : socks_talk(conn);
    if (wait != NET_READY) return wait;
    free(conn->tunnel);
    conn->tunnel = NULL;
    return NET_READY;
}

static enum net_wait one_step(struct net_conn *conn) {
    switch ((enum net_stage)conn->stage) {
    case NET_CONNECTING:
        return connect_step(conn);
    case NET_PROXY_SHAKING: {
        enum net_wait wait = tls_step(conn);
        if (wait == NET_FAILED) conn->fault = NET_PROXY;
        return wait == NET_READY ? advance(conn) : wait;
    }
    case NET_TUNNELLING: {
        enum net_wait wait = tunnel_step(conn);
        return wait == NET_READY ? advance(conn) : wait;
    }
    case NET_SHAKING: {
        enum net_wait wait = tls_step(conn);
        return wait == NET_READY ? advance(conn) : wait;
    }
    case NET_OPEN:
        return NET_READY;
    case NET_SHUT:
        break;
    }
    return NET_FAILED;
}

enum net_wait net_conn_step(struct net_conn *conn) {
    return settle(conn, one_step(conn));
}
