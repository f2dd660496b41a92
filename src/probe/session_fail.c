/* How a session fails: once, with the probe's own words, bounded and without secrets. */
#include <string.h>

#include "base/text.h"
#include "probe/session_internal.h"

const char *session_redact(struct session *session, const char *text) {
    const struct probe_pairs *secrets = &session->plan.secrets;
    for (size_t i = 0; text && i < secrets->count; i++)
        text = text_redact(session->arena, text, secrets->items[i].value);
    return text;
}

const char *session_bound(struct session *session, const char *text) {
    if (!text) return NULL;
    text = session_redact(session, text);
    size_t length = strnlen(text, SESSION_MESSAGE_MAX + 1);
    if (length <= SESSION_MESSAGE_MAX) return text;
    for (length = SESSION_MESSAGE_MAX; length && ((unsigned char)text[length] & 0xc0) == 0x80;)
        length--;
    return text_format(session->arena, "%.*s...", (int)length, text);
}

void session_fail(struct session *session, enum diag_code code, const char *message,
                  const char *hint) {
    if (session->failed) return;
    session->failed = true;
    diag_error(session->problems, code, session->plan.place, session_bound(session, hint), "%s",
               message ? session_bound(session, message) : "the probe failed and did not say why");
}

void session_break(struct session *session, enum diag_code code, const char *problem) {
    session_fail(
        session, code,
        text_format(session->arena, "the probe `%s` %s", session->plan.probe->name, problem), NULL);
}
