/* A running service: a load that says something, where nobody else is troubled by it. */
#include "app/init_parts.h"
#include "base/array.h"
#include "base/text.h"
#include "net/url.h"

const char *const init_service_trial = "    with: {requests: 10}\n";

/* Loads of fifteen seconds, the first of which has what a p95 takes on a machine that drifts (683
 * requests), while one worker would be idle for half of the time. A request that the machine sends
 * late counts from when it was due, so a tenth of a second is no doubt but a larger number: this
 * machine is no load machine, and builds something else meanwhile. */
static const struct load {
    double slowest; /* seconds an answer may take */
    const char *options;
} loads[] = {
    {0.01, "    with: {rate: 50/s, duration: 15s, late: 100ms}\n"},
    {0.025, "    with: {rate: 20/s, duration: 15s, late: 100ms}\n"},
    {0.05, "    with: {rate: 10/s, duration: 15s, late: 100ms}\n"},
};
static const char few[] = "    with: {rate: 2/s, requests: 10}\n";

static bool url_refuse(struct initing *init, const char *problem, const char *hint) {
    return diag_error(init->diags, INIT_URL, NO_PLACE, hint, "--url: %s", problem);
}

void init_service_few(struct init_found *found) {
    found->options = few;
    found->limits[0].key = "latency.max";
    found->limits[0].unit = PROBE_SECONDS;
    found->limits[1] = (struct init_limit){.key = "errors", .unit = PROBE_COUNT, .fixed = "0"};
}

bool init_find_service(struct initing *init) {
    struct url url;
    const char *problem, *text = init->request->url;
    if (!text) return true;
    if (!url_parse(init->arena, text, &url, &problem)) return url_refuse(init, problem, NULL);
    if (url.scheme == URL_WS || url.scheme == URL_WSS)
        return url_refuse(init, "it is not of http or https",
                          "write a budget of the probe `websocket` by hand");
    if (url.user || url.password)
        return url_refuse(init, "a user or password would be written into the file",
                          "write the budget by hand, with `env:` and `headers:`");
    struct init_found *found = init_add(init, "service", text);
    found->probe = "http";
    found->what = text_format(init->arena, "the service at %s", url.authority);
    found->tried = url_is_loopback(&url);
    found->noisy = true;
    init_service_few(found);
    return true;
}

void init_service_load(struct init_found *found, double slowest) {
    for (size_t i = 0; i < array_length(loads); i++) {
        if (slowest > loads[i].slowest) continue;
        found->options = loads[i].options;
        found->limits[0] = (struct init_limit){.key = "p95", .unit = PROBE_SECONDS};
        return; /* `errors: 0` stays: a share takes thousands of requests to prove */
    }
}
