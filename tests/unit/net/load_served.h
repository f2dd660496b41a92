/** A test server and a target that reaches it, for all tests of a group. */
#ifndef TESTS_NET_LOAD_SERVED_H
#define TESTS_NET_LOAD_SERVED_H

#include "load_fixture.h"
#include "scratch.h"

static struct server_process server;
static struct arena *arena;
static struct net_target *target;

static int begin(void **state) {
    (void)state;
    arena = arena_new();
    server = server_process_start(NULL);
    struct net_route route = {.host = "127.0.0.1", .port = (uint16_t)server.port};
    target = target_of(arena, &route);
    return 0;
}

static int finish(void **state) {
    (void)state;
    server_process_end(&server);
    arena_free(arena);
    return 0;
}

#endif
