/** Single HTTP requests where correctness matters more than load: readiness, scrapes, queries,
 * comments. Bounded in time and bytes; never through a proxy, to another place or unverified
 * unless asked. */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/** One request. Zero-initialise and fill in; nothing of it is kept. */
struct fetch_request {
    const char *url;             /**< http:// or https://, without user information */
    const char *method;          /**< capital letters; NULL: GET, or POST when there is a body */
    const char *const *headers;  /**< "Name: value", NULL-terminated; NULL: none */
    const char *body;            /**< NULL: none */
    size_t length;               /**< bytes of body */
    const char *bearer;          /**< token of `Authorization: Bearer`; NULL: none */
    const char *user, *password; /**< basic authentication; user NULL: none */
    const char *unix_socket;     /**< connect to this socket instead of the URL's host; NULL: no */
    const char *proxy;           /**< its URL; NULL: none, not even one of the environment */
    bool proxy_of_environment;   /**< without `proxy`: use http_proxy and the like, as curl does */
    const char *authorities;     /**< file of certificates (PEM) to trust; NULL: the system's */
    bool insecure;               /**< accept any certificate */
    uint64_t deadline;           /**< clock_now() by when all is over, redirects included; needed */
    int cancel_fd;      /**< readable: give up; -1: never. Note that 0 is a descriptor: set it */
    size_t limit;       /**< most bytes of an answer's body; one more ends the request; 0: 16 MiB */
    unsigned redirects; /**< how many to follow, of GET and HEAD only and only to the same scheme,
                           host and port; 0: none, the redirect is the answer */
};

enum fetch_end {
    FETCH_ANSWERED,    /**< a whole answer came, of whatever status */
    FETCH_TIMED_OUT,   /**< the deadline came first */
    FETCH_CANCELLED,   /**< cancel_fd became readable */
    FETCH_TOO_LARGE,   /**< more bytes than `limit`, or 64 KiB of header lines */
    FETCH_REFUSED,     /**< the request is not allowed, or was redirected to where it may not go */
    FETCH_UNREACHABLE, /**< no such host, nobody listens, no socket file */
    FETCH_UNTRUSTED,   /**< TLS failed: wrong name, unknown authority, expired, too old */
    FETCH_BROKEN,      /**< no HTTP, cut short, reset, malformed */
    FETCH_UNABLE,      /**< this machine cannot: no libcurl, no memory, no certificates file */
};

/** What came of it. Texts live in the arena of the call. */
struct fetch_answer {
    enum fetch_end end;
    const char
        *problem;     /**< what went wrong, a phrase without URL or secrets; NULL: FETCH_ANSWERED */
    int status;       /**< of HTTP, 0 when none came */
    const char *body; /**< NUL-terminated beyond `length`, may hold any byte; never NULL */
    size_t length;
    const char *headers; /**< the last answer's header lines as they came; never NULL */
    double retry_after;  /**< seconds, of the header Retry-After (RFC 9110, 10.2.3); NaN: none */
};

/** Makes the request, and waits for its end. May be called by several threads at once. TLS is 1.2
 * or newer. Nothing is decompressed. */
void fetch(struct arena *arena, const struct fetch_request *request, struct fetch_answer *answer);

/** The value of a header, compared without case, blanks around it removed; NULL: not there. Of
 * several the first. */
const char *fetch_header(struct arena *arena, const struct fetch_answer *answer, const char *name);

/** A URL taken apart; texts live in the arena. */
struct fetch_place {
    const char *scheme; /**< "http" or "https" */
    const char *host;   /**< IPv6 in brackets */
    int port;           /**< the scheme's own where none is written */
};

/** False with `problem` (a phrase; of no meaning when true) for what fetch refuses: another scheme,
 * user information, no URL. */
bool fetch_place(struct arena *arena, const char *url, struct fetch_place *place,
                 const char **problem);

/** `text` percent-encoded for a query: all but letters, digits and -._~ (RFC 3986, 2.3). */
const char *fetch_encode(struct arena *arena, const char *text);

#endif
