#include <stdlib.h>

#include "base/clock.h"
#include "net/load_engine.h"

#define MOMENT 1000000 /* ns until a full backlog of a Unix socket is tried again */

static uint32_t number(const struct engine *engine, const struct user *user) {
    return (uint32_t)(user - engine->users);
}

/** Watches the descriptor for exactly `mask`, whichever descriptor it is by now. */
bool user_watch(struct engine *engine, struct user *user, unsigned mask) {
    bool known = user->mask != 0 && user->watched == user->conn.sockets;
    if (known && user->mask == mask) return true;
    user->watched = user->conn.sockets;
    user->mask = (uint8_t)mask;
    if (known) return loop_change(engine->loop, user->conn.fd, number(engine, user), mask);
    return loop_watch(engine->loop, user->conn.fd, number(engine, user), mask);
}

void user_close(struct engine *engine, struct user *user) {
    if (user->state == USER_CONNECTING) engine->connecting--;
    if (user->state == USER_CONNECTING || user->state == USER_QUEUED) user->state = USER_BUSY;
    if (user->conn.stage == NET_OPEN) {
        engine->open--;
        if (engine->protocol->release) engine->protocol->release(&user->wire);
    }
    net_conn_close(&user->conn);
    free(user->extra);
    user->extra = NULL;
    user->extra_size = user->extra_sent = 0;
    user->blocked = BLOCKED_NOT;
    user->mask = 0;
    user->carried = false;
}

static void opened(struct engine *engine, struct user *user) {
    engine->connecting--;
    engine->open++;
    user->state = USER_BUSY;
    user->carried = false;
    user->wire.state = engine->states + engine->state_size * number(engine, user);
    user->wire.engine = engine;
    user->wire.body_limit = engine->plan.body_limit;
    memset(user->wire.state, 0, engine->state_size);
    if (!phases_over(engine)) {
        struct load_phase_result *result = &engine->result->phases[engine->phase];
        if (engine->open > result->open_most) result->open_most = engine->open;
    }
    if (!user->wire.exchange) {
        user_park(engine, user);
        return;
    }
    user->exchange.connect_start = user->conn.started;
    user->exchange.connected = user->conn.connected;
    user->exchange.secured = user->conn.secured;
    user_flush(engine, user);
}

static void not_opened(struct engine *engine, struct user *user, enum net_fault fault,
                       const char *reason) {
    if (user->wire.exchange) {
        user_fail(engine, user, fault, reason);
        return;
    }
    user_close(engine, user);
    user_park(engine, user);
}

static void follow(struct engine *engine, struct user *user, enum net_wait wait) {
    unsigned mask = wait == NET_WAIT_WRITE ? LOOP_WRITE : LOOP_READ;
    if (wait == NET_FAILED) {
        not_opened(engine, user, (enum net_fault)user->conn.fault, user->conn.reason);
    } else if (wait == NET_WAIT_MOMENT) {
        uint64_t when = clock_now() + MOMENT;
        loop_timer_set(engine->loop, number(engine, user),
                       when < user->deadline ? when : user->deadline);
    } else if (!user_watch(engine, user, mask)) {
        not_opened(engine, user, NET_CLIENT, "the kernel watches no more descriptors");
    } else if (wait == NET_READY) {
        opened(engine, user);
    }
}

void user_connect_step(struct engine *engine, struct user *user) {
    if (user->state == USER_CONNECTING) follow(engine, user, net_conn_step(&user->conn));
}

static void connect_now(struct engine *engine, struct user *user) {
    struct net_target *target = user->wire.exchange ? user->request.target : engine->plan.target;
    if (!user->wire.exchange) {
        user->deadline = clock_now() + engine->plan.timeout;
        loop_timer_set(engine->loop, number(engine, user), user->deadline);
    }
    user->state = USER_CONNECTING;
    user->view.connections++;
    engine->connecting++;
    engine->result->connections++;
    follow(engine, user, net_conn_begin(&user->conn, target));
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
