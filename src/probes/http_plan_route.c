#include "base/file.h"
#include "base/quote.h"
#include "base/text.h"
#include "probes/http_plan.h"

static bool target_read(struct probe_run *run, struct http_plan *plan) {
    const char *problem, *target = run->targets.items[0];
    if (run->targets.count != 1)
        return probe_fail(run, PROBE_FAULT_DATA, "a load has one target", "write one URL");
    if (!url_parse(plan->arena, target, &plan->base, &problem))
        return probe_fail(run, PROBE_FAULT_DATA, text_format(plan->arena, "the target %s", problem),
                          plan->websocket ? "write a URL such as ws://127.0.0.1:8080/path"
                                          : "write a URL such as http://127.0.0.1:8080/path");
    bool socket = plan->base.scheme == URL_WS || plan->base.scheme == URL_WSS;
    if (socket == plan->websocket) return true;
    return probe_fail(run, PROBE_FAULT_DATA,
                      text_format(plan->arena, "the target is of the scheme %s",
                                  url_scheme_word(plan->base.scheme)),
                      plan->websocket ? "write a ws:// or wss:// URL"
                                      : "write an http:// or https:// URL");
}

static bool path_read(struct probe_run *run, struct arena *arena, const char *path,
                      const char **out) {
    if (!path) return true;
    *out = path_join(arena, run->directory, path);
    if (!run->root || path_below(run->root, *out)) return true;
    return probe_fail(
        run, PROBE_FAULT_REFUSED, text_format(arena, "%s leaves the root", quote(arena, path)),
        "Keep files below the root, or pass --allow-outside when you trust the budget "
        "file.");
}

static bool proxy_read(struct probe_run *run, struct http_plan *plan, const char *text) {
    struct url proxy;
    const char *problem;
    if (!text) return true;
    if (!url_parse(plan->arena, text, &proxy, &problem) || proxy.scheme != URL_HTTP || proxy.user)
        return probe_fail(run, PROBE_FAULT_DATA, "`proxy` is no URL of an HTTP proxy",
                          "write http://HOST:PORT, without user and password");
    if (plan->route.unix_socket)
        return probe_fail(run, PROBE_FAULT_DATA, "`proxy` stands beside `unix_socket`", "keep one");
    plan->route.proxy_host = proxy.host;
    plan->route.proxy_port = proxy.port;
    plan->route.tunnel = plan->websocket || url_secure(&plan->base);
    if (!plan->route.tunnel)
        plan->authority = text_format(plan->arena, "%s://%s", url_scheme_word(plan->base.scheme),
                                      plan->base.authority);
    return true;
}

bool http_plan_route(struct probe_run *run, struct http_plan *plan) {
    const struct http_config *config = run->config;
    if (!target_read(run, plan)) return false;
    plan->route = (struct net_route){.host = plan->base.host, .port = plan->base.port};
    if (!path_read(run, plan->arena, config->unix_socket, &plan->route.unix_socket) ||
        !path_read(run, plan->arena, config->ca, &plan->ca))
        return false;
    if ((config->ca || config->insecure) && !url_secure(&plan->base))
        return probe_fail(run, PROBE_FAULT_DATA,
                          plan->websocket ? "`ca` and `insecure` are for wss targets"
                                          : "`ca` and `insecure` are for https targets",
                          NULL);
    if (config->ca && config->insecure)
        return probe_fail(run, PROBE_FAULT_DATA, "`ca` stands beside `insecure`", "keep one");
    return proxy_read(run, plan, config->proxy);
}
