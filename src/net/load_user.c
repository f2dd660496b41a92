#include <stdlib.h>

#include "base/clock.h"
#include "net/load_engine.h"

/* Flows without a request that a user may go through before others get their turn. */
#define STEPS_AT_ONCE 4
#define FAILURES_MOST 7
#define RECOVERY_FIRST 1000000 /* ns; doubled with each further fault in a row */

static uint32_t number(const struct engine *engine, const struct user *user) {
    return (uint32_t)(user - engine->users);
}

void user_park(struct engine *engine, struct user *user) {
    user->state = USER_IDLE;
    loop_timer_set(engine->loop, number(engine, user), LOOP_NEVER);
    if (engine->plan.rotate)
        list_append(engine, &engine->idle, user);
    else
        list_prepend(engine, &engine->idle, user);
}

static void pause_until(struct engine *engine, struct user *user, enum user_state state,
                        uint64_t when) {
    user->state = (uint8_t)state;
    user->due = when;
    loop_timer_set(engine->loop, number(engine, user), when);
}

static void make_ready(struct engine *engine, struct user *user) {
    user->state = USER_READY;
    list_append(engine, &engine->ready, user);
}

/** The flow belongs to the phase that runs now. */
static void enter_flow(struct engine *engine, struct user *user, uint64_t scheduled) {
    user->view.index = number(engine, user);
    user->view.phase = engine->phase;
    user->view.step = 0;
    user->due = scheduled;
    engine->begun++;
    engine->busy++;
    struct load_phase_result *result = user_phase(engine, user);
    result->flows++;
    if (engine->busy > result->busy_most) result->busy_most = engine->busy;
}

void user_begin_flow(struct engine *engine, struct user *user, uint64_t scheduled) {
    enter_flow(engine, user, scheduled);
    user_step(engine, user, scheduled);
}

/** The flow is over. True: the user has begun another one. */
static bool leave_flow(struct engine *engine, struct user *user, uint64_t now) {
    engine->busy--;
    if (!phase_again(engine, now)) {
        user_park(engine, user);
        return false;
    }
    if (user->failures > 0) {
        engine->busy++; /* its place is not given away */
        pause_until(engine, user, USER_RECOVERING,
                    now + ((uint64_t)RECOVERY_FIRST << (user->failures - 1)));
        return false;
    }
    user->starved = false;
    enter_flow(engine, user, now);
    return true;
}

static void copy_request(struct user *user) {
    if (!user->request.transient || user->request.bytes.size == 0) return;
    user->copy = malloc(user->request.bytes.size);
    if (!user->copy) memory_exhausted();
    memcpy(user->copy, user->request.bytes.data, user->request.bytes.size);
    user->request.bytes.data = user->copy;
}

/** A request was filled in: it goes out, over a new connection where there is none. */
static void begin_exchange(struct engine *engine, struct user *user) {
    const struct load_plan *plan = &engine->plan;
    uint64_t now = clock_now();
    if (user->request.timeout == 0) user->request.timeout = plan->timeout;
    copy_request(user);
    bool first = user->view.step == 1;
    user->exchange = (struct load_exchange){
        .tag = user->request.tag,
        .phase = user->view.phase,
        .scheduled = user->due,
        .begun = now,
        .starved = first && user->starved,
        .late = !(first && user->starved) && now > user->due + plan->late,
    };
    struct link *link = user->link = user_link(engine, user, user->request.target);
    link->wire.exchange = &user->exchange;
    link->wire.request = &user->request;
    user->sent = 0;
    user->deadline = now + user->request.timeout;
    loop_timer_set(engine->loop, number(engine, user), user->deadline);
    user->state = USER_BUSY;
    if (link->conn.stage == NET_OPEN)
        link_flush(engine, link);
    else if (user->request.same_connection)
        user_fail(engine, user, NET_CLOSED, "the connection was closed before");
    else
        user_connect(engine, user);
}

void user_step(struct engine *engine, struct user *user, uint64_t now) {
    for (unsigned turn = 0; turn < STEPS_AT_ONCE; turn++) {
        if (engine->over || (phases_over(engine) && user->view.step > 0)) {
            engine->busy--;
            user_park(engine, user);
            return;
        }
        user->request = (struct load_request){0};
        user->view.open = user->link->conn.stage == NET_OPEN;
        enum load_next next =
            engine->driver.next(engine->driver.context, &user->view, &user->request);
        user->view.step++;
        switch (next) {
        case LOAD_REQUEST:
            begin_exchange(engine, user);
            return;
        case LOAD_PAUSE:
            pause_until(engine, user, USER_PAUSED, now + user->request.pause);
            return;
        case LOAD_END:
            if (!leave_flow(engine, user, now)) return;
            break;
        }
    }
    make_ready(engine, user);
}

static void count(struct engine *engine, const struct user *user) {
    struct load_phase_result *result = user_phase(engine, user);
    const struct load_exchange *exchange = &user->exchange;
    result->requests++;
    result->faults += exchange->fault != NET_NONE;
    result->late += exchange->late;
    result->starved += exchange->starved;
    result->bytes_in += exchange->bytes_in;
    result->bytes_out += exchange->bytes_out;
}

void user_tell(struct engine *engine, struct user *user, uint64_t now) {
    user->exchange.ended = now;
    user->due = now;
    count(engine, user);
    if (user->exchange.fault == NET_NONE)
        user->failures = 0;
    else if (user->failures < FAILURES_MOST)
        user->failures++;
    user->view.open = user->link->conn.stage == NET_OPEN;
    if (!engine->driver.done(engine->driver.context, &user->view, &user->exchange)) {
        engine->result->end = LOAD_STOPPED;
        engine->over = true;
    }
    user->link->wire.exchange = NULL;
    user->link->wire.request = NULL;
    free(user->copy);
    user->copy = NULL;
    loop_timer_set(engine->loop, number(engine, user), LOOP_NEVER);
}

void user_fail(struct engine *engine, struct user *user, enum net_fault fault, const char *reason) {
    if (user->state == USER_QUEUED) list_remove(engine, &engine->queue, user);
    user->exchange.fault = (uint8_t)fault;
    user->exchange.reason = reason;
    user_tell(engine, user, clock_now());
    user_close(engine, user);
    user->answered = false;
    make_ready(engine, user);
}

static const char *where_it_waited(const struct engine *engine, const struct user *user) {
    switch (user->link->conn.stage) {
    case NET_CONNECTING:
        return "while connecting";
    case NET_PROXY_SHAKING:
        return "during the TLS handshake with the proxy";
    case NET_TUNNELLING:
        return "while the proxy opened a tunnel";
    case NET_SHAKING:
        return "during the TLS handshake";
    case NET_OPEN:
        if (user->exchange.first_byte > 0) return "in the middle of the answer";
        return request_is_out(engine, user->link) ? "waiting for the answer" : "while sending";
    default:
        return "waiting to connect";
    }
}

static void time_limit(struct engine *engine, struct user *user, uint64_t now) {
    if (now < user->deadline) { /* a Unix socket whose backlog was full */
        loop_timer_set(engine->loop, number(engine, user), user->deadline);
        user_connect_step(engine, user);
    } else if (user->link->wire.exchange) {
        user_fail(engine, user, NET_TIMEOUT, where_it_waited(engine, user));
    } else {
        user_close(engine, user);
        user_park(engine, user);
    }
}

void user_timer(struct engine *engine, struct user *user, uint64_t now) {
    switch ((enum user_state)user->state) {
    case USER_PAUSED:
        user_step(engine, user, now);
        break;
    case USER_RECOVERING:
        user->failures = user->failures > 0 ? user->failures : 1;
        engine->busy--;
        if (!phase_again(engine, now)) {
            user_park(engine, user);
            break;
        }
        user->starved = false;
        user_begin_flow(engine, user, now);
        break;
    case USER_QUEUED:
    case USER_CONNECTING:
    case USER_BUSY:
        time_limit(engine, user, now);
        break;
    case USER_IDLE:
    case USER_READY:
        break;
    }
}

void user_finish(struct engine *engine, struct user *user) {
    if (user->state != USER_PAUSED && user->state != USER_RECOVERING) return;
    engine->busy--;
    user_park(engine, user);
}
