#include "base/array.h"
#include "base/text.h"
#include "probe/conform.h"
#include "probe/session_internal.h"

static const struct probe_dimension *dimensions_copy(struct arena *arena,
                                                     const struct probe_metric *metric) {
    size_t count = metric_dimensions(metric);
    if (count == 0) return NULL;
    struct probe_dimension *copy = arena_alloc(arena, (count + 1) * sizeof *copy);
    for (size_t i = 0; i < count; i++) {
        copy[i] = metric->dimensions[i];
        copy[i].name = text_copy(arena, copy[i].name);
        copy[i].help = text_copy(arena, copy[i].help);
    }
    return copy;
}

static const struct probe_metric *metric_copy(struct arena *arena,
                                              const struct probe_metric *metric) {
    struct probe_metric *copy = arena_new_object(arena, struct probe_metric);
    *copy = *metric;
    copy->name = text_copy(arena, metric->name);
    copy->help = text_copy(arena, metric->help);
    copy->statistic = text_copy(arena, metric->statistic);
    copy->dimensions = dimensions_copy(arena, metric);
    copy->unnamed = text_copy(arena, metric->unnamed);
    copy->parts = NULL;
    return copy;
}

uint32_t session_declare(struct session *session, const struct probe_metric *metric) {
    if (session->phase != SESSION_CHECKING) {
        session_break(session, PROBE_CONTRACT, "declared a metric outside of check()");
        return UINT32_MAX;
    }
    struct metrics *declared = session->declared;
    const char *problem = metric_conforms(session->arena, metric);
    if (!problem && metric_find(declared, metric->name) >= 0)
        problem = text_format(session->arena, "the metric `%s` is there already", metric->name);
    if (!problem && declared->count >= session->plan.probe->metric_count + SESSION_DECLARED_MAX)
        problem = text_format(session->arena, "more than %d metrics are added to the probe",
                              SESSION_DECLARED_MAX);
    if (problem) {
        session_fail(session, PROBE_DECLARED, problem, NULL);
        return UINT32_MAX;
    }
    *array_add(session->arena, declared->items, declared->count) =
        metric_copy(session->arena, metric);
    return (uint32_t)(declared->count - 1);
}
