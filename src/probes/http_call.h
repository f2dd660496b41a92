/** One request as bytes: what varies filled in, cookies and lengths added. */
#ifndef PROBES_HTTP_CALL_H
#define PROBES_HTTP_CALL_H

#include "probes/http_cookie.h"
#include "probes/http_plan.h"

/** The value of the Authorization header that the options or the URL ask for, or NULL. */
bool http_authorization(struct probe_run *run, const struct http_plan *plan, const char **value);

/** The value of a header for basic authorization by USER:PASSWORD (RFC 7617). */
const char *http_basic(struct arena *arena, const char *text);

/** Makes the bytes of a call in which nothing varies, once. */
void http_call_fix(const struct http_plan *plan, struct http_call *call);

/** What a user adds to a call. */
struct http_sender {
    const struct http_plan *plan;
    struct http_values values;
    const struct http_jar *jar;   /**< its cookies, or NULL */
    const char *redirect;         /**< path that an answer sent it to, or NULL */
    bool redirect_get;            /**< with GET and without a body */
    struct http_buffer out, body; /**< made here, used again and again */
};

/** Puts the request into sender->out. False with *missing, see http_template_fill. */
bool http_call_render(struct http_sender *sender, const struct http_call *call, uint32_t *missing);

#endif
