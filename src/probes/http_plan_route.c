#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/quote.h"
#include "base/text.h"
#include "probes/http_call.h"

bool http_call_fail(struct probe_run *run, struct arena *arena, const char *path,
                    const char *problem) {
    return probe_fail(run, PROBE_FAULT_DATA,
                      text_format(arena, "the request %s: %s", quote(arena, path), problem), NULL);
}

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

/* What a proxy's URL may begin with. */
static const struct {
    const char *scheme;
    enum net_proxy_kind kind;
    bool secure;
    uint16_t port; /* where none is written */
} proxy_schemes[] = {
    {"http://", NET_PROXY_HTTP, false, 80},
    {"https://", NET_PROXY_HTTP, true, 443},
    {"socks5://", NET_PROXY_SOCKS5, false, 1080},
    {"socks5h://", NET_PROXY_SOCKS5H, false, 1080},
};

static bool port_written(const char *rest) {
    size_t length = strcspn(rest, "/?#");
    const char *end = rest + length, *at = memrchr(rest, '@', length);
    const char *host = at ? at + 1 : rest, *bracket = memrchr(host, ']', (size_t)(end - host));
    return memchr(bracket ? bracket : host, ':', (size_t)(end - (bracket ? bracket : host))) !=
           NULL;
}

static const char *proxy_url_read(struct http_plan *plan, const char *text) {
    struct arena *arena = plan->arena;
    struct net_proxy *proxy = &plan->proxy;
    const char *problem;
    struct url url;
    size_t i = 0;
    while (i < array_length(proxy_schemes) && !text_starts(text, proxy_schemes[i].scheme)) i++;
    if (i == array_length(proxy_schemes)) return "is no URL of a proxy";
    const char *rest = text + strlen(proxy_schemes[i].scheme);
    /* The rest of a URL is the same in every scheme. */
    if (!url_parse(arena, text_format(arena, "http://%s", rest), &url, &problem)) return problem;
    if (strcmp(url.path, "/") != 0) return "has a path";
    *proxy = (struct net_proxy){.kind = proxy_schemes[i].kind,
                                .host = url.host,
                                .port = port_written(rest) ? url.port : proxy_schemes[i].port,
                                .user = url.user,
                                .password = url.password};
    plan->proxy_secure = proxy_schemes[i].secure;
    if (!url.user) return NULL;
    if (proxy->kind == NET_PROXY_HTTP)
        proxy->authorization =
            http_basic(arena, text_format(arena, "%s:%s", url.user, url.password));
    else if (!*url.user || strlen(url.user) > 255 || strlen(url.password) > 255)
        return "has a user or password that SOCKS5 has no room for";
    return NULL;
}

static bool proxy_read(struct probe_run *run, struct http_plan *plan) {
    const struct http_config *config = run->config;
    if (!config->proxy) return true;
    const char *problem = proxy_url_read(plan, config->proxy);
    if (problem)
        return probe_fail(run, PROBE_FAULT_DATA, text_format(plan->arena, "`proxy` %s", problem),
                          "write http://, https://, socks5:// or socks5h:// and HOST:PORT, before "
                          "it USER:PASSWORD@ "
                          "where the proxy wants them");
    if (config->unix_socket)
        return probe_fail(run, PROBE_FAULT_DATA, "`proxy` stands beside `unix_socket`", "keep one");
    return true;
}

/* Plain requests of HTTP/1.1 go to an HTTP proxy themselves, all others through a tunnel. */
static void proxy_apply(const struct probe_run *run, const struct http_plan *plan,
                        struct http_host *host) {
    const struct http_config *config = run->config;
    bool plain = !plan->websocket && !url_secure(&host->base) && config->version == HTTP_VERSION_1;
    host->route.proxy = plan->proxy;
    host->route.proxy.tunnel = !plain;
    if (plan->proxy.kind == NET_PROXY_HTTP && plain)
        host->authority = text_format(plan->arena, "%s://%s", url_scheme_word(host->base.scheme),
                                      host->base.authority);
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
    proxy_apply(run, plan, host);
    return path_read(run, plan->arena, socket, &host->route.unix_socket);
}

bool http_plan_route(struct probe_run *run, struct http_plan *plan) {
    const struct http_config *config = run->config;
    uint32_t first;
    return target_read(run, plan) && path_read(run, plan->arena, config->ca, &plan->ca) &&
           proxy_read(run, plan) && host_add(run, plan, &plan->base, &first);
}

bool http_plan_secure(struct probe_run *run, const struct http_plan *plan) {
    const struct http_config *config = run->config;
    bool secure = plan->proxy_secure;
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
