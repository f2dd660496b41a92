/**
 * The load engine: virtual users that walk through flows of requests, in phases, on one thread.
 *
 * The engine owns time, connections and bytes on the wire. Whoever drives it (a probe) owns what is
 * asked: it fills in each request when the engine says it is time, and is told how it went. One
 * engine is one thread and shares nothing; several may run at once on one struct tls_client.
 */
#ifndef NET_LOAD_H
#define NET_LOAD_H

#include "net/transport.h"

/** Where a phase's flows come from. */
struct load_phase {
    uint64_t duration; /**< nanoseconds; 0: until `count` flows have begun */
    uint64_t count;    /**< flows to begin; 0: as many as the duration holds. One of both is set */
    uint32_t concurrency; /**< closed model: users at once, at the beginning; 0: open model */
    double rate;          /**< open model: flow starts a second, evenly spaced */
    double
        ramp_to; /**< rate or concurrency at the end of the duration, changing evenly; 0: steady */
};

struct load_plan {
    const struct load_phase *phases;
    uint32_t phase_count;
    uint32_t
        users; /**< most virtual users at once, each with one request at a time, and one
                  connection a target. Closed: raised to the largest concurrency. Open: what
                  arrives while all are busy waits, and is late (see load_exchange.scheduled) */
    uint32_t connect_first; /**< connections to the first target made before phase 0; their time is
                               nobody's */
    struct net_target *const *targets; /**< to whom requests go, see load_request.target */
    uint32_t target_count;             /**< at least 1 */
    uint32_t connecting;               /**< connections being made at once; 0: 256 */
    bool rotate;       /**< open: the user longest idle goes next, so that every connection is used;
                          false: the one that was busy last, so that few are needed */
    uint64_t timeout;  /**< a request's time limit from `begun` to `last_byte`; 0: 10 s */
    uint64_t late;     /**< a request begun this much after its time was late; 0: 1 ms */
    size_t body_limit; /**< largest body, in bytes as sent without chunking; 0: 16 MiB */
    uint64_t deadline; /**< clock_now() by when load_run has returned; 0: none */
    int cancel_fd;     /**< load_run returns soon after this becomes readable; -1: never */
};

/** A virtual user as its driver sees it. */
struct load_user {
    uint32_t index;       /**< below the plan's users */
    uint32_t phase;       /**< in which the flow began: what it counts to */
    uint32_t step;        /**< how many times `next` was called in this flow; 0: it begins now */
    uint32_t connections; /**< connections opened for this user so far */
    bool open;            /**< its connection to the target of its last request stands */
};

/** What comes next in a user's flow. */
enum load_next {
    LOAD_REQUEST, /**< the request that was filled in */
    LOAD_PAUSE,   /**< nothing for `pause` nanoseconds; then `next` is called again */
    LOAD_END,     /**< the flow is over. Closed model: another begins with this user */
};

/** Zeroed before `next` fills it in. The engine copies it, but not what it points to. */
struct load_request {
    struct net_span bytes; /**< the whole request as it goes out */
    bool transient;        /**< the bytes live until `next` returns: the engine copies them.
                              false: until `done` returns */
    bool head;             /**< HEAD: the answer has no body */
    bool keep_body;        /**< `done` wants the body; else it is only counted */
    bool once;             /**< never sent a second time, also when a kept connection was closed
                              before any byte of an answer (RFC 9110, section 9.2.2: not idempotent) */
    bool same_connection;  /**< fails with NET_CLOSED when its connection does not stand */
    uint32_t tag;          /**< the driver's own; comes back in the exchange */
    uint64_t pause;        /**< for LOAD_PAUSE */
    uint64_t timeout;      /**< 0: the plan's */
    uint32_t target;       /**< which of the plan's; the user keeps a connection to each */
    const void *ask;       /**< what the protocol must be told, see its header; HTTP/1.1: nothing */
};

/** How a request went. Moments are clock_now() nanoseconds, 0: was not reached. */
struct load_exchange {
    uint32_t tag, phase;
    uint64_t scheduled; /**< when it was to be sent. First request of a flow: the arrival (open), or
                           when the user was free (closed). Later ones: when the pause or the
                           previous request ended */
    uint64_t begun; /**< when the engine took it up; begun - scheduled is the engine's own delay,
                       or the wait for a user (`starved`) */
    uint64_t connect_start, connected, secured; /**< 0 unless this request opened the connection */
    uint64_t sent;       /**< just before its first byte was handed to the kernel */
    uint64_t first_byte; /**< of the (last) answer */
    uint64_t last_byte;
    uint64_t ended;               /**< when `done` was called, with a fault or without */
    uint64_t bytes_out, bytes_in; /**< on the connection, above TLS; handshakes are not counted */
    uint64_t body_size;           /**< of the body as sent, without chunking */
    struct net_span head;  /**< status line and headers of the answer; until `done` returns */
    struct net_span lines; /**< the header lines in it, for http1_header_find */
    struct net_span body;  /**< with keep_body: all of it; until `done` returns */
    uint16_t status;       /**< 0: no answer */
    uint8_t fault;         /**< enum net_fault; with a fault there may still be a status */
    bool reused;           /**< went over a connection that had carried a request before */
    bool retried;          /**< was sent twice, see load_request.once */
    bool late;             /**< begun more than the plan's `late` after scheduled, a free user
                              being there: this machine was too slow */
    bool starved;          /**< waited for a free user: the plan's `users` were too few */
    const char *reason;    /**< with a fault: words; until `done` returns, or NULL */
};

/** Both are called on the engine's thread; they must not block. `context` is theirs. */
struct load_driver {
    void *context;
    enum load_next (*next)(void *context, const struct load_user *user,
                           struct load_request *request);
    /** Returns false to stop the whole load, like load_result.end LOAD_STOPPED. */
    bool (*done)(void *context, const struct load_user *user, const struct load_exchange *exchange);
};

enum load_end { LOAD_FINISHED, LOAD_STOPPED, LOAD_DEADLINE, LOAD_CANCELLED, LOAD_IMPOSSIBLE };

struct load_phase_result {
    uint64_t start, end;    /**< clock_now(); 0 when it was not reached */
    uint64_t flows;         /**< begun */
    uint64_t requests;      /**< ended, with a fault or without */
    uint64_t faults;        /**< of them with a fault */
    uint64_t late, starved; /**< of them, see load_exchange */
    uint64_t missed;        /**< arrivals that were due but had not begun when the phase ended */
    uint64_t bytes_in, bytes_out;
    uint32_t busy_most; /**< most users within a flow at once */
    uint32_t open_most; /**< most connections standing at once */
};

struct load_result {
    enum load_end end;
    const char *problem;  /**< for LOAD_IMPOSSIBLE, in the arena: too few descriptors, ... */
    uint64_t connections; /**< opened */
    uint64_t closed_kept; /**< kept connections that the server closed between requests */
    uint64_t retries;     /**< requests sent a second time */
    uint64_t unfinished;  /**< requests under way when the load ended; `done` never heard of them */
    uint64_t cpu;         /**< nanoseconds of processor time this thread took */
    struct load_phase_result *phases; /**< as many as the plan's; in the arena */
};

/**
 * Runs the plan. After the last phase no request begins any more, and those under way have their
 * time limit to end; the engine returns when all have. `protocol` NULL: HTTP/1.1.
 */
struct load_protocol;
void load_run(struct arena *arena, const struct load_plan *plan, const struct load_driver *driver,
              const struct load_protocol *protocol, struct load_result *result);

#endif
