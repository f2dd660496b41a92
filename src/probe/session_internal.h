/** What the parts of a session share: its life, the services it gives, and its failures. */
#ifndef PROBE_SESSION_INTERNAL_H
#define PROBE_SESSION_INTERNAL_H

#include <stdatomic.h>

#include "probe/record.h"
#include "probe/session.h"

/** Bounds on what a probe may say, listed by `perfbudget limits`. */
enum {
    SESSION_REMARKS_MAX = 100,   /**< remarks of one budget; later ones are left out */
    SESSION_MESSAGE_MAX = 8192,  /**< bytes of one message, hint or method */
    SESSION_DECLARED_MAX = 1000, /**< metrics check() may declare */
};

enum session_phase { SESSION_CHECKING, SESSION_OPENING, SESSION_SAMPLING, SESSION_CLOSING };

struct session {
    struct arena *arena;
    struct arena *scratch; /**< until it is closed */
    struct session_plan plan;
    struct probe_run run;
    enum session_phase phase;
    struct metrics *declared; /**< while checking: the table under construction */
    bool failed;
    struct record record; /**< not while checking */
    struct session_ahead ahead;
    struct measurement measurement;
    struct diags *problems; /**< where failures and remarks go */
    size_t remarks;
    unsigned emits;
    atomic_bool cancelled;
    _Atomic(uint64_t) next_look; /**< when cancel_fd is to be looked at again, clock_now */
};

/** The table of services every session hands out. */
extern const struct probe_services session_services;

static inline struct session *session_of(const struct probe_run *run) {
    return run->host;
}

/** A text of the probe's without secrets; NULL is fine. */
const char *session_redact(struct session *session, const char *text);
/** The same, cut to SESSION_MESSAGE_MAX at a character's start. */
const char *session_bound(struct session *session, const char *text);
/** Ends the session with an error; the first one wins. */
void session_fail(struct session *session, enum diag_code code, const char *message,
                  const char *hint);
/** As session_fail, for a probe that broke its contract; `problem` goes on from "the probe `x` ".
 */
void session_break(struct session *session, enum diag_code code, const char *problem);
/** Takes what the run under way gave; `good`: its sample() ended well. */
void session_take(struct session *session, bool good);
/** Ends the run under way, and begins one of those ahead. False when that cannot be. */
bool session_next(struct session *session);
/** Whether the deadline has passed or the host wants to end. Any thread. */
bool session_stopped(struct session *session);
/** Metrics of a probe's table, before any are declared. */
void metrics_of_probe(struct arena *arena, const struct probe *probe, struct metrics *metrics);
/** Adds what check() declares; UINT32_MAX when it is refused. */
uint32_t session_declare(struct session *session, const struct probe_metric *metric);

#endif
