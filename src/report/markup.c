#include "report/markup.h"

#include <string.h>

static const char *reference(char character) {
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void markup_add(struct text *out, const char *foreign) {
    if (!foreign) return;
    const char *inert = text_inert(out->arena, foreign);
    for (const char *at = inert; *at; at++) {
        const char *instead = reference(*at);
        bool never = strncmp(at, "\xef\xbf\xbe", 3) == 0 || strncmp(at, "\xef\xbf\xbf", 3) == 0;
        if (instead) {
            text_add(out, instead);
        } else if (never) {
            text_add(out, at[2] == '\xbe' ? "\\u{FFFE}" : "\\u{FFFF}");
            at += 2;
        } else {
            text_add_char(out, *at);
        }
    }
}

void markup_attribute(struct text *out, const char *name, const char *value) {
    if (!value) return;
    text_add_format(out, " %s=\"", name);
    markup_add(out, value);
    text_add_char(out, '"');
}
