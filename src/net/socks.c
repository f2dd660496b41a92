/* A tunnel through a SOCKS proxy (RFC 1928), with user and password (RFC 1929) where they are
 * given. Answers are read to the byte, so that nothing of the target's is taken for the proxy's. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "base/text.h"
#include "net/target.h"

enum { VERSION = 5, LOGIN_VERSION = 1, COMMAND_CONNECT = 1 };
enum { METHOD_NONE = 0, METHOD_PASSWORD = 2, METHOD_NO = 0xff };
enum { ADDRESS_IPV4 = 1, ADDRESS_NAME = 3, ADDRESS_IPV6 = 4 };

static void add_string(struct text *out, const char *text) {
    size_t length = strlen(text) < 255 ? strlen(text) : 255;
    text_add_char(out, (char)length);
    text_add_bytes(out, text, length);
}

static void add_address(struct text *out, const struct target_address *address) {
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    if (address->name.ss_family == AF_INET6) {
        memcpy(&six, &address->name, sizeof six);
        text_add_char(out, ADDRESS_IPV6);
        text_add_bytes(out, (const char *)&six.sin6_addr, 16);
    } else {
        memcpy(&four, &address->name, sizeof four);
        text_add_char(out, ADDRESS_IPV4);
        text_add_bytes(out, (const char *)&four.sin_addr, 4);
    }
}

/** A host that is written as an address is no name. */
static void add_host(struct text *out, const char *host) {
    unsigned char bytes[16];
    int family = inet_pton(AF_INET, host, bytes) == 1    ? AF_INET
                 : inet_pton(AF_INET6, host, bytes) == 1 ? AF_INET6
                                                         : AF_UNSPEC;
    if (family == AF_UNSPEC) {
        text_add_char(out, ADDRESS_NAME);
        add_string(out, host);
        return;
    }
    text_add_char(out, family == AF_INET ? ADDRESS_IPV4 : ADDRESS_IPV6);
    text_add_bytes(out, (const char *)bytes, family == AF_INET ? 4 : 16);
}

void socks_prepare(struct arena *arena, const struct net_route *route,
                   const struct target_address *address, struct net_target *target) {
    const char opening[] = {VERSION, COMMAND_CONNECT, 0};
    const char port[] = {(char)(route->port >> 8), (char)route->port};
    struct text request = text_begin(arena);
    text_add_bytes(&request, opening, sizeof opening);
    if (address)
        add_address(&request, address);
    else
        add_host(&request, route->host);
    text_add_bytes(&request, port, sizeof port);
    target->connect = (struct net_span){request.data, request.length};
    if (!route->proxy.user) return;
    struct text login = text_begin(arena);
    text_add_char(&login, LOGIN_VERSION);
    add_string(&login, route->proxy.user);
    add_string(&login, route->proxy.password ? route->proxy.password : "");
    target->login = (struct net_span){login.data, login.length};
}

/** A message, then an answer of `size` bytes. */
static enum net_wait exchange(struct net_conn *conn, struct net_span message, size_t size) {
    enum net_wait wait = tunnel_send(conn, message);
    return wait == NET_READY ? tunnel_read(conn, size) : wait;
}

static void next(struct net_tunnel *tunnel, int step) {
    tunnel->step = step;
    tunnel->sent = tunnel->received = 0;
}

static unsigned byte_at(const struct net_tunnel *tunnel, size_t at) {
    return (unsigned char)tunnel->answer[at];
}

static enum net_wait hello(struct net_conn *conn) {
    static const char both[] = {VERSION, 2, METHOD_NONE, METHOD_PASSWORD};
    static const char none[] = {VERSION, 1, METHOD_NONE};
    bool login = conn->target->login.size > 0;
    struct net_span greeting = {login ? both : none, login ? sizeof both : sizeof none};
    enum net_wait wait = exchange(conn, greeting, 2);
    if (wait != NET_READY) return wait;
    unsigned method = byte_at(conn->tunnel, 1);
    if (byte_at(conn->tunnel, 0) != VERSION)
        return conn_fail(conn, NET_PROXY, "the proxy does not speak SOCKS5");
    if (method == METHOD_NO)
        return conn_fail(conn, NET_PROXY,
                         login ? "the proxy takes neither user and password nor none"
                               : "the proxy wants a user and a password");
    if (method != METHOD_NONE && !(login && method == METHOD_PASSWORD))
        return conn_fail(conn, NET_PROXY, "the proxy chose a way to log in that was not offered");
    next(conn->tunnel, method == METHOD_PASSWORD ? SOCKS_LOGIN : SOCKS_CONNECT);
    return NET_READY;
}

static enum net_wait log_in(struct net_conn *conn) {
    enum net_wait wait = exchange(conn, conn->target->login, 2);
    if (wait != NET_READY) return wait;
    if (byte_at(conn->tunnel, 0) != LOGIN_VERSION)
        return conn_fail(conn, NET_PROXY, "the proxy's answer to user and password is none");
    if (byte_at(conn->tunnel, 1) != 0)
        return conn_fail(conn, NET_PROXY, "the proxy refused user and password");
    next(conn->tunnel, SOCKS_CONNECT);
    return NET_READY;
}

/** RFC 1928, section 6. */
static const char *refusal(unsigned reply) {
    static const char *const words[] = {
        "the proxy failed",
        "the proxy failed",
        "the proxy does not allow the connection",
        "the proxy finds no way to the network",
        "the proxy finds no way to the host",
        "the host refused the proxy's connection",
        "the proxy's packets ran out of time to live",
        "the proxy opens no connections",
        "the proxy does not know this kind of address",
    };
    return reply < sizeof words / sizeof *words ? words[reply]
                                                : "the proxy refused for a reason nobody defined";
}

/** Bytes of the answer, by the kind of address in it; 0: there is no such kind. */
static size_t answer_size(const struct net_tunnel *tunnel) {
    switch (byte_at(tunnel, 3)) {
    case ADDRESS_IPV4:
        return 10;
    case ADDRESS_IPV6:
        return 22;
    case ADDRESS_NAME:
        return 7 + byte_at(tunnel, 4);
    default:
        return 0;
    }
}

static enum net_wait ask(struct net_conn *conn) {
    struct net_tunnel *tunnel = conn->tunnel;
    enum net_wait wait =
        tunnel->received < 5 ? exchange(conn, conn->target->connect, 5) : NET_READY;
    if (wait != NET_READY) return wait;
    if (byte_at(tunnel, 0) != VERSION || byte_at(tunnel, 2) != 0 || answer_size(tunnel) == 0)
        return conn_fail(conn, NET_PROXY, "the proxy's answer is not SOCKS5");
    if (byte_at(tunnel, 1) != 0) return conn_fail(conn, NET_PROXY, refusal(byte_at(tunnel, 1)));
    return tunnel_read(conn, answer_size(tunnel));
}

enum net_wait socks_talk(struct net_conn *conn) {
    enum net_wait wait = NET_READY;
    if (wait == NET_READY && conn->tunnel->step == SOCKS_HELLO) wait = hello(conn);
    if (wait == NET_READY && conn->tunnel->step == SOCKS_LOGIN) wait = log_in(conn);
    if (wait == NET_READY) wait = ask(conn);
    return wait;
}
