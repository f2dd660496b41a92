#include "report/html.h"

#include "report/markup.h"

void html_text(struct text *out, const char *text) {
    markup_add(out, text);
}

void html_element(struct text *out, const char *tag, const char *text) {
    if (!text || !*text) return;
    text_add_format(out, "<%s>", tag);
    html_text(out, text);
    text_add_format(out, "</%s>", tag);
}

void html_term(struct text *out, const char *term, const char *text) {
    if (!text || !*text) return;
    html_element(out, "dt", term);
    html_element(out, "dd", text);
}
