/** What `websocket` was asked to do, checked and made ready: the handshake, messages, replies. */
#ifndef PROBES_WEBSOCKET_PLAN_H
#define PROBES_WEBSOCKET_PLAN_H

#include "probes/http_plan.h"
#include "probes/websocket_config.h"

enum { WEBSOCKET_COUNTER = 16 }; /**< digits that tell messages from each other */

struct websocket_plan {
    const char *opening; /**< the handshake up to the value of its key */
    const char *payload; /**< of each message */
    size_t size;         /**< of the payload */
    size_t counter;      /**< of its first bytes, how many tell it from others */
    uint32_t batch;
    bool binary;
    bool matched; /**< replies are what `reply` says; else echoes */
    struct http_expectation reply;
};

/** Makes both plans from the run's config and target. Errors are said with probe_fail. */
bool websocket_plan_make(struct probe_run *run, struct arena *arena, struct http_plan *load,
                         struct websocket_plan *plan);
/** Gives compiled patterns back. */
void websocket_plan_release(struct websocket_plan *plan);

/** Puts message `number` of the load into `out`, plan->size bytes. */
void websocket_plan_message(const struct websocket_plan *plan, uint64_t number, char *out);
/** Whether these bytes are that message. */
bool websocket_plan_is_message(const struct websocket_plan *plan, uint64_t number,
                               struct net_span bytes);

#endif
