#include "probe/session.h"

#include <assert.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "probe/session_internal.h"

static void session_begin(struct session *session, struct arena *arena,
                          const struct session_plan *plan, enum session_phase phase) {
    session->arena = arena;
    session->plan = *plan;
    session->phase = phase;
    session->run = (struct probe_run){
        .services = &session_services,
        .host = session,
        .config = plan->config,
        .targets = plan->targets,
        .directory = plan->directory,
        .root = plan->root,
        .deadline = UINT64_MAX,
        .cancel_fd = plan->cancel_fd,
        .timeout = clock_nanoseconds(plan->timeout),
        .time_limit = clock_nanoseconds(plan->time_limit),
    };
}

void metrics_of_probe(struct arena *arena, const struct probe *probe, struct metrics *metrics) {
    *metrics = (struct metrics){0};
    for (size_t i = 0; i < probe->metric_count; i++)
        *array_add(arena, metrics->items, metrics->count) =
            (const struct probe_metric *)((const char *)probe->metrics + i * probe->metric_size);
}

bool session_check(struct arena *arena, const struct session_plan *plan, struct metrics *metrics,
                   struct diags *diags) {
    const struct probe *probe = plan->probe;
    struct metrics declared;
    metrics_of_probe(arena, probe, &declared);
    if (probe->check) {
        struct session *session = arena_new_object(arena, struct session);
        session_begin(session, arena, plan, SESSION_CHECKING);
        session->problems = diags;
        session->declared = &declared;
        if (!probe->check(&session->run) && !session->failed)
            session_break(session, PROBE_CONTRACT, "refused its options and did not say why");
        if (session->failed) return false;
    }
    *metrics = declared;
    return true;
}

struct session *session_open(struct arena *arena, const struct session_plan *plan) {
    assert(plan->metrics);
    struct session *session = arena_new_object(arena, struct session);
    session_begin(session, arena, plan, SESSION_OPENING);
    session->scratch = arena_new();
    record_begin(&session->record, arena, session->scratch, plan->metrics);
    session->record.places = plan->probe->needs & PROBE_STREAM;
    if (plan->probe->needs & PROBE_STREAM && plan->runs <= 1)
        session->record.stream = STREAM_SAMPLES_MAX;
    struct measurement *measurement = &session->measurement;
    measurement->metrics = plan->metrics;
    measurement->methods = arena_alloc(arena, plan->metrics->count * sizeof *measurement->methods);
    measurement->missing = true;
    measurement->problems = diags_begin(arena);
    session->problems = &measurement->problems;
    const struct probe *probe = plan->probe;
    if (probe->open && !probe->open(&session->run) && !session->failed)
        session_break(session, PROBE_CONTRACT, "could not begin and did not say why");
    return session;
}

bool session_run(struct session *session, uint64_t deadline) {
    const struct session_ahead none = {0};
    return session_run_ahead(session, deadline, &none);
}

bool session_run_ahead(struct session *session, uint64_t deadline,
                       const struct session_ahead *ahead) {
    if (session->failed) return false;
    uint64_t start = clock_now();
    session->phase = SESSION_SAMPLING;
    session->run.deadline = deadline;
    session->ahead = *ahead;
    record_run_begin(&session->record);
    const struct session_beside *beside = session->plan.beside;
    if (beside) beside->before(beside->context);
    bool good = session->plan.probe->sample(&session->run);
    if (beside) beside->after(beside->context, session);
    session_take(session, good);
    session->ahead = (struct session_ahead){0};
    session->phase = SESSION_OPENING;
    struct measurement *measurement = &session->measurement;
    measurement->duration += clock_seconds(start, clock_now());
    measurement->runs = session->record.runs;
    measurement->series = record_series(&session->record, &measurement->count);
    measurement->missing = session->failed;
    return !session->failed;
}

void session_add(struct session *session, uint32_t metric, double value) {
    const char *problem = session->failed ? NULL : record_value(&session->record, metric, 0, value);
    if (problem) session_break(session, PROBE_CONTRACT, problem);
}

void session_blame(struct session *session, enum diag_code code, const char *message) {
    session->failed = false;
    session_fail(session, code, message, NULL);
}

bool session_failed(const struct session *session) {
    return session->failed;
}

const struct measurement *session_measurement(const struct session *session) {
    return &session->measurement;
}

void session_close(struct session *session) {
    session->phase = SESSION_CLOSING;
    if (session->plan.probe->close) session->plan.probe->close(&session->run);
    if (session->plan.cache) cache_release(session->plan.cache, session);
    if (session->failed) session->measurement.missing = true;
    arena_free(session->scratch);
    session->scratch = NULL;
}
