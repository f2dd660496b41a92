/** URLs of http, https, ws and wss: RFC 3986, strictly, as far as a client needs them. */
#ifndef NET_URL_H
#define NET_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/** Longest URL that is read, in bytes. */
#define URL_LONGEST 8192

enum url_scheme { URL_HTTP, URL_HTTPS, URL_WS, URL_WSS };

struct url {
    enum url_scheme scheme;
    const char *host;      /**< lower case, without the brackets of an IPv6 address; never empty */
    bool ipv6;             /**< the host is an IPv6 address */
    uint16_t port;         /**< 80 or 443 when none is written; never 0 */
    const char *authority; /**< what `Host:` carries: host, and the port unless it is the default */
    const char *path;      /**< path and query, "/" at the least, as written, without a fragment */
    const char *user, *password; /**< percent-decoded; NULL when none is written */
};

/**
 * Reads an absolute URL of one of the four schemes; the texts live in `arena`. False with *problem
 * a sentence fragment ("has no host"), *url untouched, on: another scheme, no host, a port beyond
 * 1..65535, control bytes, blanks or bytes beyond ASCII (they must be percent-encoded), a broken
 * %-escape in the user or a decoded NUL, and more than URL_LONGEST bytes. A password never gets
 * into *problem.
 */
bool url_parse(struct arena *arena, const char *text, struct url *url, const char **problem);

/**
 * The target of a `Location:` as seen from `base` (RFC 3986, section 5.2): absolute, //host/path,
 * /path, ?query or relative, dot segments removed. The base's user and password carry over only to
 * the same scheme, host and port. Failures as url_parse.
 */
bool url_join(struct arena *arena, const struct url *base, const char *location, struct url *url,
              const char **problem);

/** Whether scheme, host and port are the same: credentials and cookies may go along. */
bool url_same_origin(const struct url *a, const struct url *b);

/** Whether the scheme speaks TLS. */
bool url_secure(const struct url *url);

/** The scheme's word: "https". */
const char *url_scheme_word(enum url_scheme scheme);

/** The URL as text without user and password, for reports and messages. */
const char *url_show(struct arena *arena, const struct url *url);

/**
 * Whether the host is this machine: localhost, *.localhost, 127.0.0.0/8, ::1. Such hosts are never
 * asked for through a proxy that merely stands in the environment.
 */
bool url_is_loopback(const struct url *url);

#endif
