#include <stdlib.h>

#include "base/clock.h"
#include "net/load_engine.h"

#define EXTRA_LARGEST 65536

/** A kept connection that the server closed: the request may go out once more (RFC 9112, 9.3.1). */
static bool try_again(struct engine *engine, struct user *user) {
    struct load_exchange *exchange = &user->exchange;
    if (!exchange->reused || exchange->retried || exchange->first_byte > 0) return false;
    if (user->request.once || user->request.same_connection) return false;
    user_close(engine, user);
    engine->result->retries++;
    exchange->retried = true;
    exchange->reused = false;
    exchange->bytes_out = 0;
    exchange->sent = 0;
    user->sent = 0;
    user_connect(engine, user);
    return true;
}

/** Closed between two requests. */
static void lose_quietly(struct engine *engine, struct user *user) {
    user_close(engine, user);
    engine->result->closed_kept++;
}

static void broken(struct engine *engine, struct user *user) {
    if (!user->wire.exchange)
        lose_quietly(engine, user);
    else if (!try_again(engine, user))
        user_fail(engine, user, (enum net_fault)user->conn.fault, user->conn.reason);
}

/** Writes from `bytes`, counting in *sent. False: no room, or broken. */
static bool push(struct user *user, struct net_span bytes, size_t *sent, ssize_t *outcome) {
    while (*sent < bytes.size) {
        ssize_t count = net_write(&user->conn, bytes.data + *sent, bytes.size - *sent);
        *outcome = count;
        if (count < 0) return false;
        *sent += (size_t)count;
        if (user->wire.exchange) user->exchange.bytes_out += (uint64_t)count;
    }
    return true;
}

static bool push_extra(struct user *user, ssize_t *outcome) {
    if (user->extra_size == 0) return true;
    struct net_span bytes = {user->extra, user->extra_size};
    if (!push(user, bytes, &user->extra_sent, outcome)) {
        user->blocked = BLOCKED_EXTRA;
        return false;
    }
    user->extra_size = user->extra_sent = 0;
    return true;
}

static bool push_request(struct engine *engine, struct user *user, ssize_t *outcome) {
    if (!user->wire.exchange || user->sent == user->request.bytes.size) return true;
    if (user->exchange.sent == 0) {
        user->exchange.reused = user->carried;
        user->carried = true;
        user->exchange.sent = user->exchange.reused ? user->exchange.begun : clock_now();
        if (engine->protocol->begin) engine->protocol->begin(&user->wire);
    }
    if (push(user, user->request.bytes, &user->sent, outcome)) return true;
    user->blocked = BLOCKED_REQUEST;
    return false;
}

void user_flush(struct engine *engine, struct user *user) {
    ssize_t outcome = 0;
    bool request_first = user->blocked == BLOCKED_REQUEST || user->sent > 0;
    user->blocked = BLOCKED_NOT;
    bool all = request_first ? push_request(engine, user, &outcome) && push_extra(user, &outcome)
                             : push_extra(user, &outcome) && push_request(engine, user, &outcome);
    if (!all && outcome == NET_BROKEN) {
        /* An answer may have come before the server closed: reading decides. */
        if (user->conn.ssl || !user->wire.exchange)
            broken(engine, user);
        else
            user_watch(engine, user, LOOP_READ);
        return;
    }
    user_watch(engine, user, all ? LOOP_READ : LOOP_READ | LOOP_WRITE);
}

/** The exchange went well. */
static void complete(struct engine *engine, struct user *user, uint64_t now) {
    user_tell(engine, user, now);
    if (engine->protocol->told) engine->protocol->told(&user->wire);
    user->answered = true;
}

static bool request_is_out(const struct user *user) {
    return user->sent == user->request.bytes.size;
}

/** One answer of the protocol to bytes or to the end of them. False: read no further. */
static bool judge(struct engine *engine, struct user *user, enum load_progress progress,
                  uint64_t now) {
    bool asked = user->wire.exchange != NULL;
    switch (progress) {
    case LOAD_PARTIAL:
        return true;
    case LOAD_WHOLE:
        if (!asked) return true;
        bool out = request_is_out(user);
        complete(engine, user, now);
        if (!out) user_close(engine, user);
        return out;
    case LOAD_LAST:
        if (asked) complete(engine, user, now);
        user_close(engine, user);
        return false;
    case LOAD_WRONG:
        if (!asked)
            lose_quietly(engine, user);
        else
            user_fail(engine, user, (enum net_fault)user->exchange.fault, user->exchange.reason);
        return false;
    }
    return false;
}

static bool offer(struct engine *engine, struct user *user, size_t size, uint64_t now) {
    struct load_exchange *exchange = user->wire.exchange;
    if (exchange) {
        if (exchange->first_byte == 0) exchange->first_byte = now;
        exchange->last_byte = now;
        exchange->bytes_in += size;
    }
    for (size_t at = 0; at < size;) {
        size_t used = 0;
        enum load_progress progress =
            engine->protocol->take(&user->wire, engine->buffer + at, size - at, &used);
        at += used;
        if (!judge(engine, user, progress, now)) return false;
        if (progress == LOAD_PARTIAL) break;
    }
    return true;
}

static void ended(struct engine *engine, struct user *user) {
    if (!user->wire.exchange)
        lose_quietly(engine, user);
    else if (!try_again(engine, user))
        judge(engine, user, engine->protocol->ended(&user->wire), clock_now());
}

static void receive(struct engine *engine, struct user *user) {
    do {
        ssize_t count = net_read(&user->conn, engine->buffer, sizeof engine->buffer);
        if (count == NET_AGAIN) break;
        if (count == NET_BROKEN) broken(engine, user);
        if (count == 0) ended(engine, user);
        if (count <= 0) break;
        if (!offer(engine, user, (size_t)count, clock_now())) break;
    } while (net_pending(&user->conn));
    if (!user->answered) return;
    user->answered = false;
    user_step(engine, user, user->due);
}

void user_event(struct engine *engine, struct user *user, unsigned what) {
    if (user->state == USER_CONNECTING) {
        user_connect_step(engine, user);
        return;
    }
    if (user->conn.stage != NET_OPEN) return;
    if (what & LOOP_WRITE) user_flush(engine, user);
    if (user->conn.stage == NET_OPEN && (what & (LOOP_READ | LOOP_BROKEN))) receive(engine, user);
}

bool load_wire_send(struct load_wire *wire, const void *bytes, size_t size) {
    struct user *user = (struct user *)((char *)wire - offsetof(struct user, wire));
    if (user->extra_size + size > EXTRA_LARGEST) return false;
    if (!user->extra) user->extra = malloc(EXTRA_LARGEST);
    if (!user->extra) memory_exhausted();
    memcpy(user->extra + user->extra_size, bytes, size);
    user->extra_size += size;
    struct engine *engine = wire->engine;
    user_watch(engine, user, LOOP_READ | LOOP_WRITE);
    return true;
}
