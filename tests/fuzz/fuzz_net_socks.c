/* Any bytes as what a SOCKS proxy answers: a tunnel, or one reason why there is none; and of what
 * follows the answers nothing is taken. The first byte says whether there is a login, the second in
 * which steps the bytes come. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ANSWERS_LARGEST (2 + 2 + 7 + 255)

/* Bytes that the proxy has said and nobody read. */
static size_t left(int fd) {
    char bytes[4096];
    size_t sum = 0;
    for (ssize_t count; (count = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0;)
        sum += (size_t)count;
    return sum;
}

/* The talk, `step` bytes of answer at a time; *used how many were read. */
static enum net_wait talk(struct net_target *target, const uint8_t *data, size_t size, size_t step,
                          size_t *used) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) abort();
    struct net_conn conn = {.fd = ends[0], .stage = NET_TUNNELLING, .target = target};
    enum net_wait wait = tunnel_step(&conn);
    size_t at = 0;
    while (wait == NET_WAIT_READ && at < size) {
        size_t part = size - at < step ? size - at : step;
        if (send(ends[1], data + at, part, MSG_NOSIGNAL) != (ssize_t)part) abort();
        at += part;
        wait = tunnel_step(&conn);
    }
    if (wait == NET_FAILED && (conn.fault != NET_PROXY || !conn.reason)) abort();
    *used = at - left(ends[0]);
    net_conn_close(&conn);
    close(ends[1]);
    return wait;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    struct arena *arena = arena_new();
    const struct net_route route = {
        .host = "name.example",
        .port = 443,
        .proxy = {.kind = NET_PROXY_SOCKS5H, .user = data[0] & 1 ? "me" : NULL, .password = "pw"}};
    struct net_target *target = arena_new_object(arena, struct net_target);
    target->proxy = route.proxy.kind;
    socks_prepare(arena, &route, NULL, target);
    size_t used, again;
    enum net_wait whole = talk(target, data + 2, size - 2, size, &used),
                  steps = talk(target, data + 2, size - 2, (size_t)data[1] + 1, &again);
    if (whole != steps || used > ANSWERS_LARGEST) abort();
    if (whole == NET_READY && used != again) abort();
    arena_free(arena);
    return 0;
}
