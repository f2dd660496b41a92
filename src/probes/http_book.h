/** What becomes of the answers of a load: samples told to the host, and what is counted. */
#ifndef PROBES_HTTP_BOOK_H
#define PROBES_HTTP_BOOK_H

#include "probes/http_plan.h"

/** Rows of the probe's table of metrics. */
enum http_metric {
    HTTP_LATENCY,
    HTTP_TTFB,
    HTTP_DNS,
    HTTP_CONNECT,
    HTTP_TLS,
    HTTP_THROUGHPUT,
    HTTP_ERROR_RATE,
    HTTP_ERRORS,
    HTTP_STATUS,
    HTTP_RECEIVED,
    HTTP_SENT,
    HTTP_CONCURRENCY,
    HTTP_METRICS
};

/** What a failed request counts as in `latency`, in seconds: beyond every bound. */
#define HTTP_FAILED_LATENCY 1e9

/** Requests one after the other that all failed, or all did not: `error_rate` keeps their order, as
 * failures come in bursts. */
struct http_streak {
    uint64_t count;
    bool failed;
};

/** Requests of one phase and one label. */
struct http_cell {
    probe_label_id label;
    struct http_streak streak;
    uint64_t good, failed, received, sent;
};

/** Answers by when they came, in slices of `tick` nanoseconds. */
struct http_ticks {
    uint32_t *counts; /**< malloc'd */
    size_t count;
};

struct http_part_book {
    probe_label_id label;
    uint64_t start;            /**< clock_now() of its first request; 0: none yet */
    struct http_streak streak; /**< of all labels */
    struct http_cell *cells;   /**< by label of the plan */
    struct http_ticks *ticks;  /**< by label, then all of them */
    double slowest;            /**< seconds; of phases that are not judged */
};

struct http_kind {
    const char *word;
    uint64_t count;
};

struct http_book {
    struct probe_run *run;
    const struct http_plan *plan;
    struct http_part_book *parts;
    struct http_kind kinds[32]; /**< of failures that are judged */
    size_t kind_count;
    uint32_t statuses[1000];   /**< of answers that are judged */
    uint64_t tick;             /**< nanoseconds */
    struct http_streak streak; /**< of all that are judged */
    bool tolerant;             /**< failures are counted; else the first one ends the load */
    bool wants[HTTP_METRICS];
    struct arena *arena;
    enum probe_fault fault; /**< with failure: what ends the load as an error */
    const char *failure, *hint;
    const char *first_failure; /**< of a judged request; NULL: none */
};

/** How one request of a part went; `exchange` NULL: it was never sent. */
struct http_outcome {
    uint32_t part;
    const struct http_call *call;
    const struct load_exchange *exchange;
    uint64_t scheduled; /**< of the first of its redirects */
    const char *kind;   /**< of the failure, or NULL */
    const char *reason; /**< with kind; a phrase */
};

void http_book_begin(struct http_book *book, struct probe_run *run, const struct http_plan *plan,
                     struct arena *arena);
/** A request of the part is about to be sent. */
void http_book_start(struct http_book *book, uint32_t part);
/** The answer to a handshake of WebSocket, which is no request of its own. */
void http_book_opened(struct http_book *book, uint32_t part, const struct load_exchange *exchange);
/** One request is over. False: the load is to end. */
bool http_book_add(struct http_book *book, const struct http_outcome *outcome);
/** Tells the host the last streaks, which nothing has ended. */
void http_streaks_end(struct http_book *book);
/** Tells the host all that was counted; after the load. False after probe_fail. */
bool http_book_close(struct http_book *book, const struct load_result *result);
void http_book_release(struct http_book *book);

#endif
