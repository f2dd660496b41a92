#include <math.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "probes/prometheus_parts.h"
#include "probes/prometheus_query.h"

enum { REDIRECTS = 3, POINTS_WANTED = 60, STATUS_GOOD = 200 };

static enum probe_fault fault_of(enum fetch_end end) {
    switch (end) {
    case FETCH_TIMED_OUT:
        return PROBE_FAULT_TIMEOUT;
    case FETCH_CANCELLED:
        return PROBE_FAULT_CANCELLED;
    case FETCH_UNABLE:
        return PROBE_FAULT_SYSTEM;
    case FETCH_ANSWERED:
    case FETCH_TOO_LARGE:
    case FETCH_REFUSED:
    case FETCH_UNREACHABLE:
    case FETCH_UNTRUSTED:
    case FETCH_BROKEN:
        break;
    }
    return PROBE_FAULT_TARGET;
}

/* Without its query, which may hold what nobody is to see. */
static const char *url_shown(struct arena *arena, const char *url) {
    return text_inert(arena, text_copy_bytes(arena, url, strcspn(url, "?")));
}

static const char *const *headers_of(struct arena *arena, const struct prometheus_config *config,
                                     bool query) {
    const char **items = NULL;
    size_t count = 0;
    *array_add(arena, items, count) =
        query ? "Accept: application/json"
              : "Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";
    for (size_t i = 0; i < config->headers.count; i++)
        *array_add(arena, items, count) = text_format(
            arena, "%s: %s", config->headers.items[i].name, config->headers.items[i].value);
    *array_add(arena, items, count) = NULL;
    return items;
}

/* The form of POST /api/v1/query or query_range. */
static const char *form_of(struct arena *arena, const struct prometheus_config *config,
                           const char *query) {
    struct text form = text_begin(arena);
    text_add_format(&form, "query=%s", fetch_encode(arena, query));
    bool said = config->at && *config->at;
    if (config->range <= 0) {
        if (said) text_add_format(&form, "&time=%s", fetch_encode(arena, config->at));
        return form.data;
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    double end = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
    double number;
    if (said && prometheus_number(config->at, strlen(config->at), &number)) end = number;
    double step = config->step <= 0 ? fmax(1, config->range / POINTS_WANTED) : config->step;
    text_add_format(&form, "&start=%.3f&end=%.3f&step=%.3f", end - config->range, end, step);
    return form.data;
}

static const char *url_of(struct arena *arena, const char *base, const char *path) {
    size_t length = strlen(base);
    while (length && base[length - 1] == '/') length--;
    return text_format(arena, "%.*s%s", (int)length, base, path);
}

bool prometheus_ask(struct probe_run *run, struct arena *arena, const char *query,
                    struct fetch_answer *answer) {
    const struct prometheus_config *config = run->config;
    const char *url = run->targets.items[0];
    struct fetch_request request = {
        .url = url,
        .bearer = config->bearer,
        .user = config->user,
        .password = config->password,
        .unix_socket = config->socket,
        .authorities = config->authorities,
        .insecure = config->insecure,
        .headers = headers_of(arena, config, query != NULL),
        .deadline = run->deadline,
        .cancel_fd = run->cancel_fd,
        .limit = PROMETHEUS_BODY_MAX,
        .redirects = REDIRECTS,
    };
    if (query) {
        const char *path = config->range <= 0 ? "/api/v1/query" : "/api/v1/query_range";
        request.url = url_of(arena, url, path);
        request.body = form_of(arena, config, query);
        request.length = strlen(request.body);
    }
    fetch(arena, &request, answer);
    if (answer->end != FETCH_ANSWERED)
        return probe_fail(
            run, fault_of(answer->end),
            text_format(arena, "%s: %s", url_shown(arena, request.url), answer->problem), NULL);
    /* what a query is refused with is told in the answer */
    bool told = query && answer->status >= 400 && answer->length && *answer->body == '{';
    if (answer->status == STATUS_GOOD || told) return true;
    return probe_fail(
        run, PROBE_FAULT_TARGET,
        text_format(arena, "%s: status %d", url_shown(arena, request.url), answer->status), NULL);
}
