/** The cookies of one virtual user, of one host (RFC 6265, as far as a load needs it). */
#ifndef PROBES_HTTP_COOKIE_H
#define PROBES_HTTP_COOKIE_H

#include "net/span.h"
#include "probes/http_template.h"

struct http_cookie {
    char *name, *value, *path; /**< malloc'd */
};
struct http_jar {
    struct http_cookie *cookies; /**< malloc'd */
    size_t count;
};

/** Takes every Set-Cookie of the header lines: name, value, Path; Max-Age=0 removes. Others than
 * that last as long as the user. At most HTTP_COOKIES_MAX of HTTP_COOKIE_BYTES are kept. */
void http_jar_take(struct http_jar *jar, struct net_span lines);
/** Adds a `cookie:` line with those whose path the request's target begins with; none: nothing. */
void http_jar_add(const struct http_jar *jar, const char *target, struct http_buffer *out);
void http_jar_release(struct http_jar *jar);

#endif
