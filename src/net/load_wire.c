#include <stdlib.h>

#include "base/clock.h"
#include "net/load_engine.h"

#define EXTRA_LARGEST LOAD_BUFFER
/* Beside NET_AGAIN and NET_BROKEN: the protocol gave up. */
#define GIVE_WRONG (-3)

/** The request goes out once more, over a new connection. */
static void send_again(struct engine *engine, struct user *user) {
    struct load_exchange *exchange = &user->exchange;
    user_close(engine, user);
    engine->result->retries++;
    exchange->retried = true;
    exchange->reused = false;
    exchange->fault = NET_NONE;
    exchange->reason = NULL;
    exchange->bytes_out = 0;
    exchange->sent = 0;
    user->sent = 0;
    user_connect(engine, user);
}

/** A kept connection that the server closed: the request may go out once more (RFC 9112, 9.3.1). */
static bool try_again(struct engine *engine, struct user *user) {
    const struct load_exchange *exchange = &user->exchange;
    if (!exchange->reused || exchange->retried || exchange->first_byte > 0) return false;
    if (user->request.once || user->request.same_connection) return false;
    send_again(engine, user);
    return true;
}

/** Closed between two requests. */
static void lose_quietly(struct engine *engine, struct link *link) {
    link_close(engine, link);
    engine->result->closed_kept++;
}

static void broken(struct engine *engine, struct link *link) {
    if (!link->wire.exchange)
        lose_quietly(engine, link);
    else if (!try_again(engine, link->user))
        user_fail(engine, link->user, (enum net_fault)link->conn.fault, link->conn.reason);
}

/** The protocol said LOAD_WRONG. */
static void wrong(struct engine *engine, struct link *link) {
    const struct load_exchange *exchange = link->wire.exchange;
    if (!exchange)
        lose_quietly(engine, link);
    else
        user_fail(engine, link->user, (enum net_fault)exchange->fault, exchange->reason);
}

/** Writes from `bytes`, counting in *sent. False: no room, or broken. */
static bool push(struct link *link, struct net_span bytes, size_t *sent, ssize_t *outcome) {
    while (*sent < bytes.size) {
        ssize_t count = net_write(&link->conn, bytes.data + *sent, bytes.size - *sent);
        *outcome = count;
        if (count < 0) return false;
        *sent += (size_t)count;
        if (link->wire.exchange) link->wire.exchange->bytes_out += (uint64_t)count;
    }
    return true;
}

static bool extra_add(struct link *link, const char *bytes, size_t size) {
    if (link->extra_size + size > EXTRA_LARGEST) return false;
    if (!link->extra) link->extra = malloc(EXTRA_LARGEST);
    if (!link->extra) memory_exhausted();
    memcpy(link->extra + link->extra_size, bytes, size);
    link->extra_size += size;
    return true;
}

static bool push_extra(struct link *link, ssize_t *outcome) {
    if (link->extra_size == 0) return true;
    struct net_span bytes = {link->extra, link->extra_size};
    if (!push(link, bytes, &link->extra_sent, outcome)) {
        link->blocked = BLOCKED_EXTRA;
        return false;
    }
    link->extra_size = link->extra_sent = 0;
    return true;
}

/** What the protocol makes of the request, and its own. What finds no room waits as extra. */
static bool push_given(struct engine *engine, struct link *link, ssize_t *outcome) {
    for (;;) {
        size_t size = sizeof engine->out, sent = 0;
        if (engine->protocol->give(&link->wire, engine->out, &size) == LOAD_WRONG) {
            *outcome = GIVE_WRONG;
            return false;
        }
        if (size == 0) return true;
        struct net_span bytes = {engine->out, size};
        if (push(link, bytes, &sent, outcome)) continue;
        extra_add(link, engine->out + sent, size - sent);
        link->blocked = BLOCKED_EXTRA;
        return false;
    }
}

/** The first byte of the request is about to go out. */
static void request_begin(struct engine *engine, struct link *link) {
    struct load_exchange *exchange = link->wire.exchange;
    if (!exchange || exchange->sent > 0) return;
    exchange->reused = link->carried;
    link->carried = true;
    exchange->sent = exchange->reused ? exchange->begun : clock_now();
    if (engine->protocol->begin) engine->protocol->begin(&link->wire);
}

static bool push_request(struct engine *engine, struct link *link, ssize_t *outcome) {
    request_begin(engine, link);
    if (engine->protocol->give) return push_given(engine, link, outcome);
    struct user *user = link->user;
    if (!link->wire.exchange || user->sent == user->request.bytes.size) return true;
    if (push(link, user->request.bytes, &user->sent, outcome)) return true;
    link->blocked = BLOCKED_REQUEST;
    return false;
}

void link_flush(struct engine *engine, struct link *link) {
    ssize_t outcome = 0;
    bool begun = !engine->protocol->give && link->wire.exchange && link->user->sent > 0;
    bool request_first = link->blocked == BLOCKED_REQUEST || begun;
    link->blocked = BLOCKED_NOT;
    bool all = request_first ? push_request(engine, link, &outcome) && push_extra(link, &outcome)
                             : push_extra(link, &outcome) && push_request(engine, link, &outcome);
    if (!all && outcome == GIVE_WRONG) {
        wrong(engine, link);
    } else if (!all && outcome == NET_BROKEN) {
        /* An answer may have come before the server closed: reading decides. */
        if (link->conn.ssl || !link->wire.exchange)
            broken(engine, link);
        else
            link_watch(engine, link, LOOP_READ);
    } else {
        link_watch(engine, link, all ? LOOP_READ : LOOP_READ | LOOP_WRITE);
    }
}

/** The exchange went well. */
static void complete(struct engine *engine, struct link *link, uint64_t now) {
    user_tell(engine, link->user, now);
    if (engine->protocol->told) engine->protocol->told(&link->wire);
    link->user->answered = true;
}

bool request_is_out(const struct engine *engine, const struct link *link) {
    if (engine->protocol->give) return !link->wire.holding && link->extra_size == 0;
    return link->user->sent == link->user->request.bytes.size;
}

/** One answer of the protocol to bytes or to the end of them. False: read no further. */
static bool judge(struct engine *engine, struct link *link, enum load_progress progress,
                  uint64_t now) {
    struct load_exchange *asked = link->wire.exchange;
    switch (progress) {
    case LOAD_PARTIAL:
        return true;
    case LOAD_WHOLE:
        if (!asked) return true;
        bool out = request_is_out(engine, link);
        complete(engine, link, now);
        if (!out) link_close(engine, link);
        return out;
    case LOAD_LAST:
        if (asked) complete(engine, link, now);
        link_close(engine, link);
        return false;
    case LOAD_UNHEARD:
        if (asked && !asked->retried && !link->user->request.same_connection) {
            send_again(engine, link->user);
            return false;
        }
        wrong(engine, link);
        return false;
    case LOAD_WRONG:
        wrong(engine, link);
        return false;
    }
    return false;
}

static bool offer(struct engine *engine, struct link *link, size_t size, uint64_t now) {
    struct load_exchange *exchange = link->wire.exchange;
    link->wire.now = now;
    if (exchange) {
        if (exchange->first_byte == 0 && !engine->protocol->marks_first_byte)
            exchange->first_byte = now;
        exchange->last_byte = now;
        exchange->bytes_in += size;
    }
    for (size_t at = 0; at < size;) {
        size_t used = 0;
        enum load_progress progress =
            engine->protocol->take(&link->wire, engine->buffer + at, size - at, &used);
        at += used;
        if (!judge(engine, link, progress, now)) return false;
        if (progress == LOAD_PARTIAL) break;
    }
    return true;
}

static void ended(struct engine *engine, struct link *link) {
    if (!link->wire.exchange)
        lose_quietly(engine, link);
    else if (!try_again(engine, link->user))
        judge(engine, link, engine->protocol->ended(&link->wire), clock_now());
}

static void receive(struct engine *engine, struct link *link) {
    struct user *user = link->user;
    do {
        ssize_t count = net_read(&link->conn, engine->buffer, sizeof engine->buffer);
        if (count == NET_AGAIN) break;
        if (count == NET_BROKEN) broken(engine, link);
        if (count == 0) ended(engine, link);
        if (count <= 0) break;
        if (!offer(engine, link, (size_t)count, clock_now())) break;
    } while (net_pending(&link->conn));
    if (user->answered) {
        user->answered = false;
        user_step(engine, user, user->due);
    }
    if (link->conn.stage == NET_OPEN && link->wire.wants) link_flush(engine, link);
}

void link_event(struct engine *engine, struct link *link, unsigned what) {
    if (link == link->user->link && link->user->state == USER_CONNECTING) {
        user_connect_step(engine, link->user);
        return;
    }
    if (link->conn.stage != NET_OPEN) return;
    if (what & LOOP_WRITE) link_flush(engine, link);
    if (link->conn.stage == NET_OPEN && (what & (LOOP_READ | LOOP_BROKEN))) receive(engine, link);
}

bool load_wire_send(struct load_wire *wire, const void *bytes, size_t size) {
    struct link *link = (struct link *)((char *)wire - offsetof(struct link, wire));
    if (!extra_add(link, bytes, size)) return false;
    link_watch(wire->engine, link, LOOP_READ | LOOP_WRITE);
    return true;
}
