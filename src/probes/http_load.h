/** What probes that load a service share: opening its target, running the engine, its end. */
#ifndef PROBES_HTTP_LOAD_H
#define PROBES_HTTP_LOAD_H

#include "probes/http_book.h"

/** One budget's load, from open() to close(). */
struct http_load {
    struct arena *arena;
    struct http_plan plan;
    struct tls_client *tls;       /**< NULL: no host speaks TLS */
    struct tls_client *proxy_tls; /**< NULL: the proxy does not */
    struct net_target **targets;  /**< one a host of the plan */
    uint64_t *lookups;            /**< nanoseconds to look each up */
};

/** Requests that count at the most; 0: nobody knows, as users of the closed model go on until time
 * is up. */
uint64_t http_load_most(const struct http_plan *plan);
/** A remark on each proxy of the environment, as none is used. */
void http_load_proxies_tell(struct probe_run *run, const struct http_plan *plan);
/** Reads the authorities and looks the hosts up. False after probe_fail. */
bool http_load_open(struct probe_run *run, struct http_load *load);
/** Tells the host of the run how long looking up took. */
void http_load_lookups_tell(struct probe_run *run, const struct http_load *load);
/** What the engine is to do. */
void http_load_plan(const struct probe_run *run, const struct http_load *load,
                    struct load_plan *plan);
/** Whether the load came to its end; false after probe_fail said why it did not. */
bool http_load_ended(struct probe_run *run, const struct http_book *book,
                     const struct load_result *result);
/** Gives back what open took. NULL is fine. */
void http_load_close(struct http_load *load);

#endif
