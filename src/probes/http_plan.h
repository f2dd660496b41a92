/** What `http` was asked to do, checked and made ready: phases, flows, requests as templates. */
#ifndef PROBES_HTTP_PLAN_H
#define PROBES_HTTP_PLAN_H

#include "net/load.h"
#include "net/transport.h"
#include "net/url.h"
#include "probes/http_config.h"
#include "probes/http_expect.h"
#include "probes/http_template.h"

/** One of those that a load asks: a scheme, a host and a port. */
struct http_host {
    struct url base; /**< of the first request to it */
    struct net_route route;
    const char *authority; /**< before the path in the request line, for a proxy; "" */
};

/** One request as it will be sent, by all users. */
struct http_call {
    const char *name;             /**< what the label `request` says */
    const char *method, *path;    /**< the path as written in the budget, for messages */
    uint32_t host;                /**< which of the plan's it goes to */
    struct http_template target;  /**< path and query of the request line */
    struct http_template headers; /**< header lines, but those that depend on body or user */
    struct http_template body;
    bool has_body, head_only, idempotent;
    const char *bytes; /**< the whole request, where nothing in it varies */
    size_t length;
    struct http_expectation expect;
    uint64_t timeout;         /**< nanoseconds; 0: the plan's */
    uint64_t think, think_to; /**< nanoseconds */
    uint32_t label;           /**< which of the plan's labels it counts to */
};

struct http_walk {
    uint32_t first, count; /**< of the plan's calls */
    uint64_t weight;
};

struct http_part {
    const char *name;
    bool judged, open;
    double rate, concurrency, ramp_to; /**< at the beginning, at the end; 0: none */
    uint64_t duration, count;
};

/** What other probes that load call their requests, and where they differ from http. */
struct http_words {
    const char *one, *many; /**< "request", "requests" */
    const char *opening;    /**< how the metric in the place of `ttfb` is measured */
    const char *expected;   /**< the option that says what is no failure */
};

struct http_plan {
    struct arena *arena;
    const struct http_words *words;
    bool websocket; /**< the target is ws:// or wss://, `ttfb` is of handshakes */
    struct url base;
    struct http_names names;
    struct http_call *calls; /**< those of login first, then flow by flow */
    size_t call_count;
    struct http_walk login; /**< count 0: none */
    struct http_walk *walks;
    size_t walk_count;
    uint64_t weights; /**< of all walks */
    struct http_part *parts;
    size_t part_count;
    const char **labels; /**< names of requests, each once; one NULL: they have no names */
    size_t label_count;
    uint64_t timeout; /**< nanoseconds of one request */
    uint32_t users;   /**< most at once */
    struct http_host
        *hosts; /**< the target's first; only it is told what the budget says for all */
    size_t host_count;
    const char *ca;         /**< absolute; NULL: the system's */
    struct net_proxy proxy; /**< of all hosts, but for whether it is asked for a tunnel */
    bool proxy_secure;      /**< TLS is spoken with it */
    bool closed, cookies;   /**< the first phase is of the closed model; users keep cookies */
    uint32_t redirects;
};

/**
 * Makes the plan from the run's config and target. Errors are said with probe_fail; reads files
 * that are sent only with `files`, as check() measures nothing.
 */
bool http_plan_make(struct probe_run *run, struct arena *arena, bool files, struct http_plan *plan);
/** Gives compiled patterns back. */
void http_plan_release(struct http_plan *plan);

/* The parts of http_plan_make, each with its own file. */
bool http_plan_route(struct probe_run *run, struct http_plan *plan);
/** To which host a request of `path` goes, and its path there; adds hosts. */
bool http_plan_locate(struct probe_run *run, struct http_plan *plan, const char *path,
                      struct http_call *call, const char **local);
/** Once all hosts are known: whether the options that are for TLS have something to say. */
bool http_plan_secure(struct probe_run *run, const struct http_plan *plan);
bool http_plan_phases(struct probe_run *run, struct http_plan *plan);
bool http_plan_calls(struct probe_run *run, bool files, struct http_plan *plan);

/** Whether name and value may stand in a header that a budget sets (RFC 9110, section 5). */
bool http_header_valid(const char *name, const char *value);

/** How to say which request a mistake is in: "GET /a: ..". Always false. */
bool http_call_fail(struct probe_run *run, struct arena *arena, const char *path,
                    const char *problem);

#endif
