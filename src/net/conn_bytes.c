/* Bytes through a connection. */
#include <errno.h>
#include <sys/socket.h>

#include "net/target.h"

static ssize_t moved(struct net_conn *conn, ssize_t count) {
    if (count >= 0) return count;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return NET_AGAIN;
    conn_fail(conn, net_fault_of_errno(errno), NULL);
    return NET_BROKEN;
}

ssize_t net_read(struct net_conn *conn, void *bytes, size_t size) {
    if (conn->ssl) return tls_read(conn, bytes, size);
    return moved(conn, recv(conn->fd, bytes, size, 0));
}

ssize_t net_write(struct net_conn *conn, const void *bytes, size_t size) {
    if (conn->ssl) return tls_write(conn, bytes, size);
    return moved(conn, send(conn->fd, bytes, size, MSG_NOSIGNAL));
}

bool net_pending(const struct net_conn *conn) {
    return conn->ssl && tls_pending(conn);
}
