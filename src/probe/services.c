#include <poll.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "probe/session_internal.h"

/* How seldom cancel_fd is looked at, and the clock between emits. */
enum { LOOK_INTERVAL_NS = 1000000, EMITS_A_LOOK = 1024 };

static const enum diag_code fault_codes[] = {
    [PROBE_FAULT_TARGET] = PROBE_FAILED_TARGET,       [PROBE_FAULT_CRASH] = PROBE_FAILED_CRASH,
    [PROBE_FAULT_TIMEOUT] = PROBE_FAILED_TIMEOUT,     [PROBE_FAULT_DATA] = PROBE_FAILED_DATA,
    [PROBE_FAULT_CANCELLED] = PROBE_FAILED_CANCELLED, [PROBE_FAULT_REFUSED] = PROBE_FAILED_REFUSED,
    [PROBE_FAULT_SYSTEM] = PROBE_FAILED_SYSTEM,
};

static bool descriptor_readable(int descriptor) {
    struct pollfd ready = {.fd = descriptor, .events = POLLIN};
    return descriptor >= 0 && poll(&ready, 1, 0) > 0 && ready.revents != 0;
}

bool session_stopped(struct session *session) {
    uint64_t now = clock_now();
    if (now >= session->run.deadline || atomic_load(&session->cancelled)) return true;
    uint64_t look = atomic_load(&session->next_look);
    if (now < look) return false;
    if (!atomic_compare_exchange_strong(&session->next_look, &look, now + LOOK_INTERVAL_NS))
        return false;
    if (descriptor_readable(session->plan.cancel_fd)) atomic_store(&session->cancelled, true);
    return atomic_load(&session->cancelled);
}

static bool service_sampling(struct session *session) {
    if (session->failed) return false;
    if (session->phase == SESSION_SAMPLING) return true;
    session_break(session, PROBE_CONTRACT, "emitted outside of sample()");
    return false;
}

/* What an emit answers, after `problem` (NULL: none). */
static bool service_more(struct session *session, const char *problem) {
    if (problem)
        session_break(session, session->record.inexact ? PROBE_NOT_EXACT : PROBE_CONTRACT, problem);
    if (session->failed) return false;
    return ++session->emits % EMITS_A_LOOK != 0 || !session_stopped(session);
}

static probe_label_id service_label(struct probe_run *run, probe_label_id base,
                                    const char *dimension, const char *value) {
    struct session *session = session_of(run);
    if (session->failed || session->phase == SESSION_CHECKING) return 0;
    const char *problem;
    probe_label_id label = labels_add(&session->record.labels, base, dimension,
                                      session_redact(session, value), &problem);
    if (problem) session_break(session, PROBE_CONTRACT, problem);
    return label;
}

static bool service_emit(struct probe_run *run, uint32_t metric, probe_label_id label,
                         double value) {
    struct session *session = session_of(run);
    if (!service_sampling(session)) return false;
    return service_more(session, record_value(&session->record, metric, label, value));
}

static bool service_emit_rate(struct probe_run *run, uint32_t metric, probe_label_id label,
                              uint64_t k, uint64_t n) {
    struct session *session = session_of(run);
    if (!service_sampling(session)) return false;
    return service_more(session, record_rate(&session->record, metric, label, k, n));
}

static bool service_emit_between(struct probe_run *run, uint32_t metric, probe_label_id label,
                                 struct probe_between between) {
    struct session *session = session_of(run);
    if (!service_sampling(session)) return false;
    return service_more(session, record_between(&session->record, metric, label, between));
}

static void service_unbounded(struct probe_run *run, uint32_t metric, probe_label_id label) {
    struct session *session = session_of(run);
    if (service_sampling(session))
        service_more(session, record_unbounded(&session->record, metric, label));
}

static void service_fingerprint(struct probe_run *run, uint32_t metric, probe_label_id label,
                                uint64_t fingerprint, bool nameless) {
    struct session *session = session_of(run);
    if (!service_sampling(session)) return;
    service_more(session,
                 record_fingerprint(&session->record, metric, label, fingerprint, nameless));
}

static void service_method(struct probe_run *run, uint32_t metric, const char *text) {
    struct session *session = session_of(run);
    if (session->phase == SESSION_CHECKING) return;
    const char **methods = session->measurement.methods;
    if (metric >= session->plan.metrics->count)
        session_break(session, PROBE_CONTRACT, "named the method of a metric that does not exist");
    else if (!text_equal(methods[metric], text))
        methods[metric] = text_copy(session->arena, session_bound(session, text));
}

static bool service_wanted(struct probe_run *run, uint32_t metric) {
    const struct session *session = session_of(run);
    const struct metrics *metrics =
        session->phase == SESSION_CHECKING ? session->declared : session->plan.metrics;
    if (metric >= metrics->count) return false;
    const struct session_plan *plan = &session->plan;
    return !plan->wanted || plan->wanted[metric] || (plan->explaining && plan->explaining[metric]);
}

static uint32_t service_declare(struct probe_run *run, const struct probe_metric *metric) {
    return session_declare(session_of(run), metric);
}

static void service_fail(struct probe_run *run, enum probe_fault fault, const char *message,
                         const char *hint) {
    struct session *session = session_of(run);
    bool known = (unsigned)fault < array_length(fault_codes);
    enum diag_code code = known ? fault_codes[fault] : PROBE_CONTRACT;
    if (session->phase == SESSION_CHECKING && code != PROBE_FAILED_REFUSED) code = PROBE_OPTIONS;
    session_fail(session, code, message, hint);
}

/* A probe that repeats itself in every run is heard once. */
static bool remark_known(const struct diags *problems, const char *message) {
    for (size_t i = 0; i < problems->count; i++)
        if (strcmp(problems->items[i].message, message) == 0) return true;
    return false;
}

static void service_remark(struct probe_run *run, enum probe_remark weight, const char *message,
                           const char *hint) {
    struct session *session = session_of(run);
    if (!message || session->remarks >= SESSION_REMARKS_MAX) return;
    const char *text = session_bound(session, message);
    if (remark_known(session->problems, text)) return;
    session->remarks++;
    struct diag remark = {.level = weight == PROBE_NOTE ? DIAG_NOTE : DIAG_WARNING,
                          .code = PROBE_REMARKED,
                          .place = session->plan.place,
                          .message = text,
                          .hint = session_bound(session, hint)};
    diag_add(session->problems, &remark);
}

static bool service_stopped(const struct probe_run *run) {
    return session_stopped(session_of(run));
}

static void service_parallel(struct probe_run *run, size_t count,
                             void (*work)(void *context, size_t index), void *context) {
    const struct session *session = session_of(run);
    if (session->plan.pool) {
        thread_for(session->plan.pool, count, work, context);
        return;
    }
    for (size_t i = 0; i < count; i++) work(context, i);
}

static void *service_memory(struct probe_run *run, size_t size) {
    return arena_alloc(session_of(run)->arena, size);
}

static enum probe_recalled service_recall(struct probe_run *run, const char *key, bool wait,
                                          uint64_t *value) {
    struct session *session = session_of(run);
    struct cache *cache = session->plan.cache;
    if (!cache) return PROBE_RECALLED_YOURS;
    for (;;) {
        enum probe_recalled answer = cache_recall(cache, session, key, value);
        if (answer != PROBE_RECALLED_BUSY || !wait || session_stopped(session)) return answer;
        cache_wait(cache);
    }
}

static void service_remember(struct probe_run *run, const char *key, const uint64_t *value) {
    struct session *session = session_of(run);
    if (session->plan.cache) cache_remember(session->plan.cache, session, key, value);
}

static void service_doubt(struct probe_run *run, const char *message, const char *hint) {
    struct session *session = session_of(run);
    struct measurement *measurement = &session->measurement;
    if (!service_sampling(session) || measurement->doubt || !message) return;
    measurement->doubt = text_copy(session->arena, session_bound(session, message));
    measurement->remedy = text_copy(session->arena, session_bound(session, hint));
}

/* Of a long stream at least half as many are kept in order as may be, and those must prove it. */
static uint64_t kept_of(const struct session *session, uint32_t metric, uint64_t most) {
    const struct probe_metric *row = session->declared->items[metric];
    bool thinned = session->plan.probe->needs & PROBE_STREAM && row->nature == PROBE_NOISY &&
                   row->fold == PROBE_FOLD_POOL && row->unit != PROBE_RATIO;
    return thinned && most > STREAM_SAMPLES_MAX ? STREAM_SAMPLES_MAX / 2 : most;
}

static void service_expect(struct probe_run *run, uint32_t metric, uint64_t most) {
    struct session *session = session_of(run);
    struct metrics *metrics = session->declared;
    if (session->phase != SESSION_CHECKING || metric >= metrics->count) return;
    if (metric >= metrics->most_count) {
        uint64_t *grown = arena_alloc(session->arena, metrics->count * sizeof *grown);
        for (size_t i = 0; i < metrics->most_count; i++) grown[i] = metrics->most[i];
        metrics->most = grown;
        metrics->most_count = metrics->count;
    }
    metrics->most[metric] = kept_of(session, metric, most);
}

static enum probe_company service_during(struct probe_run *run, double *seconds) {
    struct session *session = session_of(run);
    const struct session_company *company = session->plan.company;
    *seconds = 0;
    if (!company) return PROBE_COMPANY_NONE;
    if (session->phase == SESSION_CHECKING) return PROBE_COMPANY_DONE;
    return company->wait(company->context, run, seconds);
}

static uint64_t service_ahead(struct probe_run *run, uint64_t *begin_by) {
    const struct session *session = session_of(run);
    bool sampling = session->phase == SESSION_SAMPLING;
    *begin_by = sampling ? session->ahead.begin_by : 0;
    return sampling ? session->ahead.runs : 0;
}

static bool service_next(struct probe_run *run) {
    return session_next(session_of(run));
}

const struct probe_services session_services = {
    .size = sizeof session_services,
    .label = service_label,
    .emit = service_emit,
    .emit_rate = service_emit_rate,
    .unbounded = service_unbounded,
    .method = service_method,
    .wanted = service_wanted,
    .declare = service_declare,
    .fail = service_fail,
    .remark = service_remark,
    .stopped = service_stopped,
    .parallel = service_parallel,
    .memory = service_memory,
    .recall = service_recall,
    .remember = service_remember,
    .fingerprint = service_fingerprint,
    .doubt = service_doubt,
    .during = service_during,
    .expect = service_expect,
    .emit_between = service_emit_between,
    .ahead = service_ahead,
    .next = service_next,
};
