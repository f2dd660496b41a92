#include "net/target.h"

#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/text.h"

static bool fail(struct net_lookup *lookup, enum net_fault fault, const char *problem) {
    lookup->fault = fault;
    lookup->problem = problem;
    return false;
}

static bool unix_address(const char *path, struct net_target *target, struct net_lookup *lookup) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof name.sun_path)
        return fail(lookup, NET_CLIENT, "the path of a Unix socket has at most 107 bytes");
    memcpy(name.sun_path, path, length + 1);
    memcpy(&target->addresses[0].name, &name, sizeof name);
    target->addresses[0].length = (socklen_t)sizeof name;
    target->count = 1;
    return true;
}

static bool look_up(const char *host, uint16_t port, struct net_target *target,
                    struct net_lookup *lookup) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    int code = getaddrinfo(host, service, &hints, &found);
    if (code != 0) return fail(lookup, NET_DNS, gai_strerror(code));
    for (struct addrinfo *one = found; one && target->count < TARGET_ADDRESSES;
         one = one->ai_next) {
        struct target_address *address = &target->addresses[target->count];
        if (one->ai_addrlen > sizeof address->name) continue;
        memcpy(&address->name, one->ai_addr, one->ai_addrlen);
        address->length = one->ai_addrlen;
        target->count++;
    }
    freeaddrinfo(found);
    return target->count > 0 || fail(lookup, NET_DNS, "the name has no address");
}

/** RFC 9110, section 9.3.6. */
static struct net_span connect_request(struct arena *arena, const struct net_route *route) {
    const char *name = route->host;
    if (strchr(name, ':')) name = text_format(arena, "[%s]", name);
    struct text request = text_begin(arena);
    text_add_format(&request, "CONNECT %s:%u HTTP/1.1\r\nHost: %s:%u\r\n", name, route->port, name,
                    route->port);
    if (route->proxy.authorization)
        text_add_format(&request, "Proxy-Authorization: %s\r\n", route->proxy.authorization);
    text_add(&request, "\r\n");
    return (struct net_span){request.data, request.length};
}

/** What is said to the proxy before anything else. */
static bool proxy_prepare(struct arena *arena, const struct net_route *route,
                          struct net_target *target, struct net_lookup *lookup) {
    target->proxy = route->proxy.kind;
    target->proxy_tls = route->proxy.tls;
    target->proxy_host = route->proxy.host ? text_copy(arena, route->proxy.host) : NULL;
    switch (route->proxy.kind) {
    case NET_PROXY_NONE:
        return true;
    case NET_PROXY_HTTP:
        if (route->proxy.tunnel) target->connect = connect_request(arena, route);
        return true;
    case NET_PROXY_SOCKS5: {
        /* The addresses of the host are only for the request to the proxy. */
        struct net_target *host = arena_new_object(arena, struct net_target);
        if (!look_up(route->host, route->port, host, lookup)) return false;
        socks_prepare(arena, route, &host->addresses[0], target);
        return true;
    }
    case NET_PROXY_SOCKS5H:
        socks_prepare(arena, route, NULL, target);
        return true;
    }
    return true;
}

/** Where the connection goes. */
static bool addresses(const struct net_route *route, struct net_target *target,
                      struct net_lookup *lookup) {
    if (route->unix_socket) return unix_address(route->unix_socket, target, lookup);
    if (route->proxy.kind != NET_PROXY_NONE)
        return look_up(route->proxy.host, route->proxy.port, target, lookup);
    return look_up(route->host, route->port, target, lookup);
}

struct net_target *net_target_new(struct arena *arena, const struct net_route *route,
                                  struct net_lookup *lookup) {
    struct net_target *target = arena_new_object(arena, struct net_target);
    *lookup = (struct net_lookup){0};
    target->tls = route->tls;
    target->host = text_copy(arena, route->host);
    uint64_t begun = clock_now();
    bool found = proxy_prepare(arena, route, target, lookup) && addresses(route, target, lookup);
    lookup->took = clock_now() - begun;
    return found ? target : NULL;
}
