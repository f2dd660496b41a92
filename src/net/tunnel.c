#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "net/http1.h"
#include "net/target.h"

#define ANSWER_LARGEST 8192

struct net_tunnel {
    size_t sent, received;
    char answer[ANSWER_LARGEST];
};

static enum net_wait blocked(struct net_conn *conn, enum net_wait wait) {
    if (errno == EAGAIN || errno == EINTR) return wait;
    return conn_fail(conn, NET_PROXY, "the proxy broke the connection off");
}

static enum net_wait request_send(struct net_conn *conn, struct net_tunnel *tunnel) {
    struct net_span request = conn->target->connect;
    while (tunnel->sent < request.size) {
        ssize_t count =
            send(conn->fd, request.data + tunnel->sent, request.size - tunnel->sent, MSG_NOSIGNAL);
        if (count < 0) return blocked(conn, NET_WAIT_WRITE);
        tunnel->sent += (size_t)count;
    }
    return NET_READY;
}

static enum net_wait answer_judge(struct net_conn *conn, const struct net_tunnel *tunnel) {
    const char *problem;
    struct http1_head head;
    struct net_span bytes = {tunnel->answer, tunnel->received};
    enum http1_result result = http1_head_read(bytes, &head, &problem);
    if (result == HTTP1_MORE && tunnel->received < ANSWER_LARGEST) return NET_WAIT_READ;
    if (result != HTTP1_DONE) return conn_fail(conn, NET_PROXY, "the proxy answered no HTTP/1.1");
    if (head.status == 407) return conn_fail(conn, NET_PROXY, "the proxy wants a password");
    if (head.status / 100 != 2) return conn_fail(conn, NET_PROXY, "the proxy refused the tunnel");
    if (head.size != tunnel->received)
        return conn_fail(conn, NET_PROXY, "bytes came through the tunnel before any were sent");
    return NET_READY;
}

static enum net_wait answer_read(struct net_conn *conn, struct net_tunnel *tunnel) {
    for (;;) {
        ssize_t count =
            recv(conn->fd, tunnel->answer + tunnel->received, ANSWER_LARGEST - tunnel->received, 0);
        if (count < 0) return blocked(conn, NET_WAIT_READ);
        if (count == 0) return conn_fail(conn, NET_PROXY, "the proxy closed the connection");
        tunnel->received += (size_t)count;
        enum net_wait wait = answer_judge(conn, tunnel);
        if (wait != NET_WAIT_READ) return wait;
    }
}

enum net_wait tunnel_step(struct net_conn *conn) {
    if (!conn->tunnel) conn->tunnel = calloc(1, sizeof *conn->tunnel);
    if (!conn->tunnel) memory_exhausted();
    enum net_wait wait = request_send(conn, conn->tunnel);
    if (wait == NET_READY) wait = answer_read(conn, conn->tunnel);
    if (wait != NET_READY) return wait;
    free(conn->tunnel);
    conn->tunnel = NULL;
    return NET_READY;
}
