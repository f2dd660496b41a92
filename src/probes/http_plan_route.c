#include <string.h>

#include "base/array.h"
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

static bool proxy_read(struct probe_run *run, struct http_plan *plan, const char *text,
                       struct http_host *host) {
    struct url proxy;
    const char *problem;
    if (!text) return true;
    if (!url_parse(plan->arena, text, &proxy, &problem) || proxy.scheme != URL_HTTP || proxy.user)
        return probe_fail(run, PROBE_FAULT_DATA, "`proxy` is no URL of an HTTP proxy",
                          "write http://HOST:PORT, without user and password");
    if (host->route.unix_socket)
        return probe_fail(run, PROBE_FAULT_DATA, "`proxy` stands beside `unix_socket`", "keep one");
    host->route.proxy_host = proxy.host;
    host->route.proxy_port = proxy.port;
    const struct http_config *config = run->config;
    bool plain = !plan->websocket && !url_secure(&host->base) && config->version == HTTP_VERSION_1;
    host->route.tunnel = !plain;
    if (plain)
        host->authority = text_format(plan->arena, "%s://%s", url_scheme_word(host->base.scheme),
                                      host->base.authority);
    return true;
}

/** Number of the host of a URL, added where it is new. The Unix socket is that of the first. */
static bool host_add(struct probe_run *run, struct http_plan *plan, const struct url *url,
                     uint32_t *number) {
    const struct http_config *config = run->config;
    for (*number = 0; *number < plan->host_count; (*number)++)
        if (url_same_origin(url, &plan->hosts[*number].base)) return true;
    if (plan->host_count == HTTP_HOSTS_MAX)
        return probe_fail(run, PROBE_FAULT_DATA, "the load asks more than 16 hosts", NULL);
    struct http_host *host = array_add(plan->arena, plan->hosts, plan->host_count);
    *host = (struct http_host){
        .base = *url, .route = {.host = url->host, .port = url->port}, .authority = ""};
    const char *socket = *number == 0 ? config->unix_socket : NULL;
    return path_read(run, plan->arena, socket, &host->route.unix_socket) &&
           proxy_read(run, plan, config->proxy, host);
}

bool http_plan_route(struct probe_run *run, struct http_plan *plan) {
    const struct http_config *config = run->config;
    uint32_t first;
    return target_read(run, plan) && path_read(run, plan->arena, config->ca, &plan->ca) &&
           host_add(run, plan, &plan->base, &first);
}

bool http_plan_secure(struct probe_run *run, const struct http_plan *plan) {
    const struct http_config *config = run->config;
    bool secure = false;
    for (size_t i = 0; i < plan->host_count; i++) secure |= url_secure(&plan->hosts[i].base);
    if ((config->ca || config->insecure) && !secure)
        return probe_fail(run, PROBE_FAULT_DATA,
                          plan->websocket ? "`ca` and `insecure` are for wss targets"
                                          : "`ca` and `insecure` are for https targets",
                          NULL);
    if (config->ca && config->insecure)
        return probe_fail(run, PROBE_FAULT_DATA, "`ca` stands beside `insecure`", "keep one");
    return true;
}

/* The path as it is asked for from the root of the target's host. */
static const char *path_resolve(struct arena *arena, const struct url *base, const char *path) {
    size_t plain = strcspn(base->path, "?");
    if (path[0] == '/') return path;
    if (path[0] == '?') return text_format(arena, "%.*s%s", (int)plain, base->path, path);
    while (plain > 0 && base->path[plain - 1] != '/') plain--;
    return text_format(arena, "%.*s%s", (int)plain, base->path, path);
}

/* Where the path of a URL begins, behind its host; NULL: the text is no absolute URL. */
static const char *after_host(const char *text) {
    size_t scheme =
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
    if (scheme == 0 || strncmp(text + scheme, "://", 3) != 0) return NULL;
    return text + scheme + 3 + strcspn(text + scheme + 3, "/?#");
}

/* Who is asked must be seen by whoever reads the budget, and by --untrusted. */
static const char *url_problem(struct http_plan *plan, const char *text, struct url *url) {
    const char *problem, *path = after_host(text);
    if (memchr(text, '{', (size_t)(path - text)))
        return "has a `{{name}}` in its host, which must be written out";
    if (!url_parse(plan->arena, http_template_sample(plan->arena, text), url, &problem))
        return problem;
    if (url->scheme != URL_HTTP && url->scheme != URL_HTTPS)
        return "is of another scheme than http and https";
    return url->user ? "has a user in its URL; write an `authorization` header" : NULL;
}

bool http_plan_locate(struct probe_run *run, struct http_plan *plan, const char *path,
                      struct http_call *call, const char **local) {
    const char *problem, *own = after_host(path);
    struct url url;
    if (own) {
        problem = url_problem(plan, path, &url);
        if (problem) return http_call_fail(run, plan->arena, path, problem);
        *local = *own == '/' ? own : text_format(plan->arena, "/%s", own);
        return host_add(run, plan, &url, &call->host);
    }
    *local = path_resolve(plan->arena, &plan->base, path);
    call->host = 0;
    if (!url_join(plan->arena, &plan->base, http_template_sample(plan->arena, *local), &url,
                  &problem))
        return http_call_fail(run, plan->arena, path, problem);
    return url_same_origin(&url, &plan->base) ||
           http_call_fail(run, plan->arena, path,
                          "is of another host; write its whole URL, with http:// or https://");
}
