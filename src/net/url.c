#include "net/url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "net/span.h"

static const struct {
    const char *word;
    uint16_t port;
    bool secure;
} schemes[] = {
    [URL_HTTP] = {"http", 80, false},
    [URL_HTTPS] = {"https", 443, true},
    [URL_WS] = {"ws", 80, false},
    [URL_WSS] = {"wss", 443, true},
};

const char *url_scheme_word(enum url_scheme scheme) {
    return schemes[scheme].word;
}

bool url_secure(const struct url *url) {
    return schemes[url->scheme].secure;
}

static bool fail(const char **problem, const char *what) {
    *problem = what;
    return false;
}

static bool clean(const char *text, const char **problem) {
    size_t length = strnlen(text, URL_LONGEST + 1);
    if (length > URL_LONGEST) return fail(problem, "is longer than 8192 bytes");
    /* A backslash is a slash to some and a letter to others: who the host is must not depend on it.
     */
    if (memchr(text, '\\', length)) return fail(problem, "holds a backslash");
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] >= 0x7f)
            return fail(problem, "holds a blank, a control byte or a letter beyond ASCII, which "
                                 "must be percent-encoded");
    return true;
}

static bool scheme_read(const char *text, size_t length, enum url_scheme *scheme) {
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (strlen(schemes[i].word) != length || strncasecmp(schemes[i].word, text, length) != 0)
            continue;
        *scheme = (enum url_scheme)i;
        return true;
    }
    return false;
}

static int hex_digit(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

/** Percent-decoded; NULL for a broken escape or a NUL. */
static const char *decode(struct arena *arena, struct net_span from) {
    char *to = arena_alloc(arena, from.size + 1);
    size_t length = 0;
    for (size_t i = 0; i < from.size; i++) {
        char byte = from.data[i];
        if (byte == '%') {
            int high = i + 2 < from.size ? hex_digit(from.data[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(from.data[i + 2]) : -1;
            if (low < 0 || high * 16 + low == 0) return NULL;
            byte = (char)(high * 16 + low);
            i += 2;
        }
        to[length++] = byte;
    }
    return to;
}

static bool user_read(struct arena *arena, struct net_span info, struct url *url,
                      const char **problem) {
    const char *colon = memchr(info.data, ':', info.size);
    size_t length = colon ? (size_t)(colon - info.data) : info.size;
    url->user = decode(arena, (struct net_span){info.data, length});
    url->password = "";
    if (colon) url->password = decode(arena, (struct net_span){colon + 1, info.size - length - 1});
    if (!url->user || !url->password)
        return fail(problem, "has a broken %-escape in its user or password");
    return true;
}

/** A last label of digits makes a name an IPv4 address, which then must be a whole one. */
static bool looks_numeric(const char *host) {
    const char *dot = strrchr(host, '.');
    const char *last = dot ? dot + 1 : host;
    return isdigit((unsigned char)*last) && strspn(last, "0123456789abcdefx") == strlen(last) &&
           (last[strspn(last, "0123456789")] == '\0' || (last[0] == '0' && last[1] == 'x'));
}

static bool host_read(struct arena *arena, struct net_span text, struct url *url,
                      const char **problem) {
    unsigned char address[16];
    if (text.size == 0) return fail(problem, "has no host");
    if (text.data[0] == '[') {
        if (text.data[text.size - 1] != ']') return fail(problem, "has a [ without ] in its host");
        text = (struct net_span){text.data + 1, text.size - 2};
        url->ipv6 = true;
    }
    char *host = arena_alloc(arena, text.size + 1);
    for (size_t i = 0; i < text.size; i++) {
        host[i] = (char)tolower((unsigned char)text.data[i]);
        if (!url->ipv6 && !isalnum((unsigned char)host[i]) && !strchr("-._", host[i]))
            return fail(problem, "has a byte in its host that no name of a host has");
    }
    url->host = host;
    if (url->ipv6 && inet_pton(AF_INET6, host, address) != 1)
        return fail(problem, "has no IPv6 address between its brackets");
    if (!url->ipv6 && looks_numeric(host) && inet_pton(AF_INET, host, address) != 1)
        return fail(problem, "has a host of numbers that is no IPv4 address");
    return true;
}

static bool port_read(struct net_span text, struct url *url, const char **problem) {
    unsigned port = 0;
    if (text.size > 5) return fail(problem, "has a port beyond 65535");
    for (size_t i = 0; i < text.size; i++) {
        if (!isdigit((unsigned char)text.data[i]))
            return fail(problem, "has no number as its port");
        port = port * 10 + (unsigned)(text.data[i] - '0');
    }
    if (text.size == 0 || port == 0 || port > 65535)
        return fail(problem, "has a port that is not within 1..65535");
    url->port = (uint16_t)port;
    return true;
}

static const char *authority_of(struct arena *arena, const struct url *url) {
    const char *host = url->ipv6 ? text_format(arena, "[%s]", url->host) : url->host;
    if (url->port == schemes[url->scheme].port) return host;
    return text_format(arena, "%s:%u", host, url->port);
}

static bool authority_read(struct arena *arena, struct net_span text, struct url *url,
                           const char **problem) {
    const char *at = memrchr(text.data, '@', text.size);
    if (at) {
        struct net_span info = {text.data, (size_t)(at - text.data)};
        if (!user_read(arena, info, url, problem)) return false;
        text = (struct net_span){at + 1, text.size - info.size - 1};
    }
    const char *bracket = memrchr(text.data, ']', text.size);
    const char *from = bracket ? bracket : text.data;
    const char *colon = memchr(from, ':', text.size - (size_t)(from - text.data));
    url->port = schemes[url->scheme].port;
    if (colon) {
        size_t host = (size_t)(colon - text.data);
        if (!port_read((struct net_span){colon + 1, text.size - host - 1}, url, problem))
            return false;
        text.size = host;
    }
    if (!host_read(arena, text, url, problem)) return false;
    url->authority = authority_of(arena, url);
    return true;
}

/** Path and query without the fragment, beginning with a slash. */
static const char *path_of(struct arena *arena, const char *text) {
    const char *path = text_copy_bytes(arena, text, strcspn(text, "#"));
    return *path == '/' ? path : text_format(arena, "/%s", path);
}

bool url_parse(struct arena *arena, const char *text, struct url *url, const char **problem) {
    struct url read = {0};
    if (!clean(text, problem)) return false;
    const char *colon = strstr(text, "://");
    if (!colon) return fail(problem, "is no URL: it has no scheme such as http://");
    if (!scheme_read(text, (size_t)(colon - text), &read.scheme))
        return fail(problem, "has another scheme than http, https, ws and wss");
    const char *authority = colon + 3;
    size_t length = strcspn(authority, "/?#");
    if (!authority_read(arena, (struct net_span){authority, length}, &read, problem)) return false;
    read.path = path_of(arena, authority + length);
    *url = read;
    return true;
}

bool url_same_origin(const struct url *a, const struct url *b) {
    return a->scheme == b->scheme && a->port == b->port && strcmp(a->host, b->host) == 0;
}

const char *url_show(struct arena *arena, const struct url *url) {
    return text_format(arena, "%s://%s%s", schemes[url->scheme].word, url->authority, url->path);
}

bool url_is_loopback(const struct url *url) {
    unsigned char address[4];
    if (url->ipv6) {
        struct in6_addr six;
        return inet_pton(AF_INET6, url->host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
    }
    if (inet_pton(AF_INET, url->host, address) == 1) return address[0] == 127;
    return strcmp(url->host, "localhost") == 0 || text_ends(url->host, ".localhost");
}
