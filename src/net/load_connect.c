#include <stdlib.h>

#include "base/clock.h"
#include "net/load_engine.h"

#define MOMENT 1000000 /* ns until a full backlog of a Unix socket is tried again */

static uint32_t number(const struct engine *engine, const struct user *user) {
    return (uint32_t)(user - engine->users);
}

static uint32_t link_number(const struct engine *engine, const struct link *link) {
    return (uint32_t)(link - engine->links);
}

struct link *user_link(struct engine *engine, const struct user *user, uint32_t target) {
    return &engine->links[(size_t)number(engine, user) * engine->plan.target_count + target];
}

/** Watches the descriptor for exactly `mask`, whichever descriptor it is by now. */
bool link_watch(struct engine *engine, struct link *link, unsigned mask) {
    bool known = link->mask != 0 && link->watched == link->conn.sockets;
    if (known && link->mask == mask) return true;
    link->watched = link->conn.sockets;
    link->mask = (uint8_t)mask;
    if (known) return loop_change(engine->loop, link->conn.fd, link_number(engine, link), mask);
    return loop_watch(engine->loop, link->conn.fd, link_number(engine, link), mask);
}

void link_close(struct engine *engine, struct link *link) {
    if (link->conn.stage == NET_OPEN) {
        engine->open--;
        if (engine->protocol->release) engine->protocol->release(&link->wire);
    }
    net_conn_close(&link->conn);
    free(link->extra);
    link->extra = NULL;
    link->extra_size = link->extra_sent = 0;
    link->blocked = BLOCKED_NOT;
    link->mask = 0;
    link->carried = false;
}

void user_close(struct engine *engine, struct user *user) {
    if (user->state == USER_CONNECTING) engine->connecting--;
    if (user->state == USER_CONNECTING || user->state == USER_QUEUED) user->state = USER_BUSY;
    link_close(engine, user->link);
}

static void opened(struct engine *engine, struct user *user) {
    struct link *link = user->link;
    engine->connecting--;
    engine->open++;
    user->state = USER_BUSY;
    link->carried = false;
    link->wire.state = engine->states + engine->state_size * link_number(engine, link);
    link->wire.engine = engine;
    link->wire.body_limit = engine->plan.body_limit;
    link->wire.secure = link->conn.secured > 0;
    link->wire.holding = link->wire.wants = false;
    memset(link->wire.state, 0, engine->state_size);
    if (!phases_over(engine)) {
        struct load_phase_result *result = &engine->result->phases[engine->phase];
        if (engine->open > result->open_most) result->open_most = engine->open;
    }
    if (!link->wire.exchange) {
        user_park(engine, user);
        return;
    }
    user->exchange.connect_start = link->conn.started;
    user->exchange.connected = link->conn.connected;
    user->exchange.secured = link->conn.secured;
    link_flush(engine, link);
}

static void not_opened(struct engine *engine, struct user *user, enum net_fault fault,
                       const char *reason) {
    if (user->link->wire.exchange) {
        user_fail(engine, user, fault, reason);
        return;
    }
    user_close(engine, user);
    user_park(engine, user);
}

static void follow(struct engine *engine, struct user *user, enum net_wait wait) {
    unsigned mask = wait == NET_WAIT_WRITE ? LOOP_WRITE : LOOP_READ;
    if (wait == NET_FAILED) {
        not_opened(engine, user, (enum net_fault)user->link->conn.fault, user->link->conn.reason);
    } else if (wait == NET_WAIT_MOMENT) {
        uint64_t when = clock_now() + MOMENT;
        loop_timer_set(engine->loop, number(engine, user),
                       when < user->deadline ? when : user->deadline);
    } else if (!link_watch(engine, user->link, mask)) {
        not_opened(engine, user, NET_CLIENT, "the kernel watches no more descriptors");
    } else if (wait == NET_READY) {
        opened(engine, user);
    }
}

void user_connect_step(struct engine *engine, struct user *user) {
    if (user->state == USER_CONNECTING) follow(engine, user, net_conn_step(&user->link->conn));
}

static void connect_now(struct engine *engine, struct user *user) {
    struct link *link = user->link;
    uint32_t target = link_number(engine, link) % engine->plan.target_count;
    if (!link->wire.exchange) {
        user->deadline = clock_now() + engine->plan.timeout;
        loop_timer_set(engine->loop, number(engine, user), user->deadline);
    }
    user->state = USER_CONNECTING;
    user->view.connections++;
    engine->connecting++;
    engine->result->connections++;
    follow(engine, user, net_conn_begin(&link->conn, engine->plan.targets[target]));
}

void user_connect(struct engine *engine, struct user *user) {
    user->state = USER_QUEUED;
    list_append(engine, &engine->queue, user);
}

void connects_start(struct engine *engine) {
    while (engine->connecting < engine->plan.connecting && !engine->over) {
        struct user *user = list_pop(engine, &engine->queue);
        if (!user) return;
        connect_now(engine, user);
    }
}
