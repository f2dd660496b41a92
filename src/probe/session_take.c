/* What a run gave, taken or refused. */
#include "probe/session_internal.h"

/* Whether the run gave something of what the limits are about. */
static bool session_gave(const struct session *session) {
    const struct session_plan *plan = &session->plan;
    for (size_t i = 0; i < plan->metrics->count; i++)
        if (session->record.emitted[i] && (!plan->wanted || plan->wanted[i])) return true;
    return false;
}

/* Of a stream too long to be kept. */
static void tell_of_buckets(struct session *session) {
    const struct record *record = &session->record;
    for (uint32_t i = 0; i < session->plan.metrics->count; i++)
        if (record->strides[i] > 1)
            diag_note(
                session->problems, PROBE_BUCKETS, session->plan.place, NULL,
                "`%s` has more than %zu samples: all are counted in buckets of at most 0.1 %%, "
                "and one of %zu is kept in order",
                session->plan.metrics->items[i]->name, record->stream, record->strides[i]);
}

void session_take(struct session *session, bool good) {
    if (session->failed) return;
    if (!good) {
        session_break(session, PROBE_CONTRACT, "gave up and did not say why");
    } else if (!session_gave(session)) {
        session_break(session, PROBE_NO_DATA, "ended well but gave no data");
    } else {
        const char *problem = record_run_end(&session->record);
        if (problem) session_break(session, PROBE_NOT_EXACT, problem);
        tell_of_buckets(session);
    }
}

bool session_next(struct session *session) {
    if (session->failed) return false;
    if (session->phase != SESSION_SAMPLING || session->ahead.runs == 0) {
        session_break(session, PROBE_CONTRACT, "gave more runs than were wanted");
        return false;
    }
    session->ahead.runs--;
    session_take(session, true);
    if (!session->failed) record_run_begin(&session->record);
    return !session->failed;
}
