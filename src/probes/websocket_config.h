/** What the options of `websocket` are bound to. */
#ifndef PROBES_WEBSOCKET_CONFIG_H
#define PROBES_WEBSOCKET_CONFIG_H

#include "probes/http_config.h"

/** Bounds on one load, listed by `perfbudget limits`. */
enum {
    WEBSOCKET_BATCH_MAX = 1000,
    WEBSOCKET_SENT_MAX = 16 * 1024 * 1024, /**< bytes of all messages of a batch */
};

/** Which messages are replies; at least one is set. */
struct websocket_reply {
    const char *pattern;
    struct probe_pairs json; /**< pointer to text */
};

struct websocket_config {
    struct http_config http; /**< first: what loads share is read from it */
    const char *message;
    double size;
    int64_t batch;
    bool binary;
    struct probe_texts subprotocols;
    struct probe_records reply; /**< of struct websocket_reply, at most one */
};

/** The rows that fill struct websocket_config. */
enum { WEBSOCKET_OPTIONS = 22 };
extern const struct probe_option websocket_options[WEBSOCKET_OPTIONS];

#endif
