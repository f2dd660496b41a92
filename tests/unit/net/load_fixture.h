/** A load of a few requests against the test server, with all exchanges kept. */
#ifndef UNIT_NET_LOAD_FIXTURE_H
#define UNIT_NET_LOAD_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "net/load_http2.h"
#include "server_process.h"

#define SECOND UINT64_C(1000000000)
#define PATIENCE (60 * SECOND) /* for what must not depend on how busy the machine is */

/** What a test asks for, and what it got. */
struct fixture {
    struct arena *arena;
    struct net_target *target;
    const struct load_protocol *protocol; /* NULL: HTTP/1.1 */
    struct load_plan plan;
    struct load_phase phase;
    struct load_request request; /* sent for each step; bytes from `path` */
    const char *const *paths;    /* one a step of the flow, ends with NULL */
    const char *host;
    bool stop_at_first;
    bool alternate;             /**< every other step goes to the second target */
    bool forget;                /* exchanges are only counted */
    struct load_exchange *seen; /* bodies and heads are copied */
    size_t count;
    struct load_result result;
};

static inline enum load_next fixture_next(void *context, const struct load_user *user,
                                          struct load_request *request) {
    struct fixture *fixture = context;
    const char *path = fixture->paths[user->step];
    if (!path) return LOAD_END;
    *request = fixture->request;
    request->bytes = net_span_text(
        text_format(fixture->arena, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, fixture->host));
    request->tag = user->step;
    request->target = fixture->alternate ? user->step % 2 : 0;
    return LOAD_REQUEST;
}

static inline struct net_span fixture_copy(struct fixture *fixture, struct net_span span) {
    return (struct net_span){text_copy_bytes(fixture->arena, span.data ? span.data : "", span.size),
                             span.size};
}

static inline bool fixture_done(void *context, const struct load_user *user,
                                const struct load_exchange *exchange) {
    struct fixture *fixture = context;
    (void)user;
    if (fixture->forget) return ++fixture->count > 0;
    struct load_exchange *kept = array_add(fixture->arena, fixture->seen, fixture->count);
    *kept = *exchange;
    kept->head = fixture_copy(fixture, exchange->head);
    kept->lines = fixture_copy(fixture, exchange->lines);
    kept->body = fixture_copy(fixture, exchange->body);
    return !fixture->stop_at_first;
}

/** One flow of `paths` by one user, patiently. */
static inline struct fixture fixture_of(const char *const *paths, struct net_target *target) {
    return (struct fixture){
        .arena = arena_new(),
        .target = target,
        .phase = {.count = 1, .concurrency = 1},
        .plan = {.phase_count = 1, .target_count = 1, .timeout = PATIENCE, .cancel_fd = -1},
        .request = {.keep_body = true},
        .paths = paths,
        .host = "localhost",
    };
}

static inline void fixture_run(struct fixture *fixture) {
    fixture->plan.phases = &fixture->phase;
    fixture->plan.targets = &fixture->target;
    struct load_driver driver = {fixture, fixture_next, fixture_done};
    load_run(fixture->arena, &fixture->plan, &driver, fixture->protocol, &fixture->result);
}

static inline void fixture_end(struct fixture *fixture) {
    arena_free(fixture->arena);
}

static inline struct net_target *target_of(struct arena *arena, const struct net_route *route) {
    struct net_lookup lookup;
    struct net_target *target = net_target_new(arena, route, &lookup);
    if (!target) fail_msg("%s", lookup.problem);
    return target;
}

#endif
