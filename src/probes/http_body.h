/** The body of an answer as its sender meant it: without content codings. */
#ifndef PROBES_HTTP_BODY_H
#define PROBES_HTTP_BODY_H

#include "net/load.h"

struct http_body {
    struct net_span bytes; /**< of the answer, or of `owned` */
    char *owned;           /**< malloc'd, or NULL */
};

/**
 * Undoes the codings that Content-Encoding names, the last one first. NULL, or why that cannot be
 * done (static text); *large: as it is more than HTTP_BODY_MAX then. Close it in either case.
 */
const char *http_body_open(const struct load_exchange *answer, struct http_body *body, bool *large);
void http_body_close(struct http_body *body);

#endif
