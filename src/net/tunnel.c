/* The talk that opens a tunnel, and that of CONNECT (RFC 9110, section 9.3.6). */
#include "net/http1.h"
#include "net/target.h"

/** The connection to the proxy has no room, no bytes, or is gone. */
static enum net_wait blocked(struct net_conn *conn, ssize_t count, enum net_wait wait) {
    if (count == NET_AGAIN) return wait;
    return conn_fail(conn, NET_PROXY, "the proxy broke the connection off");
}

enum net_wait tunnel_send(struct net_conn *conn, struct net_span message) {
    struct net_tunnel *tunnel = conn->tunnel;
    while (tunnel->sent < message.size) {
        ssize_t count = net_write(conn, message.data + tunnel->sent, message.size - tunnel->sent);
        if (count < 0) return blocked(conn, count, NET_WAIT_WRITE);
        tunnel->sent += (size_t)count;
    }
    return NET_READY;
}

enum net_wait tunnel_read(struct net_conn *conn, size_t size) {
    struct net_tunnel *tunnel = conn->tunnel;
    while (tunnel->received < size) {
        ssize_t count = net_read(conn, tunnel->answer + tunnel->received, size - tunnel->received);
        if (count < 0) return blocked(conn, count, NET_WAIT_READ);
        if (count == 0) return conn_fail(conn, NET_PROXY, "the proxy closed the connection");
        tunnel->received += (size_t)count;
    }
    return NET_READY;
}

static enum net_wait answer_judge(struct net_conn *conn, const struct net_tunnel *tunnel) {
    const char *problem;
    struct http1_head head;
    struct net_span bytes = {tunnel->answer, tunnel->received};
    enum http1_result result = http1_head_read(bytes, &head, &problem);
    if (result == HTTP1_MORE && tunnel->received < sizeof tunnel->answer) return NET_WAIT_READ;
    if (result != HTTP1_DONE) return conn_fail(conn, NET_PROXY, "the proxy answered no HTTP/1.1");
    if (head.status == 407) return conn_fail(conn, NET_PROXY, "the proxy wants a password");
    if (head.status / 100 != 2) return conn_fail(conn, NET_PROXY, "the proxy refused the tunnel");
    if (head.size != tunnel->received)
        return conn_fail(conn, NET_PROXY, "bytes came through the tunnel before any were sent");
    return NET_READY;
}

static enum net_wait answer_read(struct net_conn *conn) {
    struct net_tunnel *tunnel = conn->tunnel;
    for (;;) {
        size_t before = tunnel->received, room = sizeof tunnel->answer - before;
        ssize_t count = net_read(conn, tunnel->answer + before, room);
        if (count < 0) return blocked(conn, count, NET_WAIT_READ);
        if (count == 0) return conn_fail(conn, NET_PROXY, "the proxy closed the connection");
        tunnel->received += (size_t)count;
        enum net_wait wait = answer_judge(conn, tunnel);
        if (wait != NET_WAIT_READ) return wait;
    }
}

enum net_wait connect_talk(struct net_conn *conn) {
    enum net_wait wait = tunnel_send(conn, conn->target->connect);
    return wait == NET_READY ? answer_read(conn) : wait;
}
