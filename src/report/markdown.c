#include "report/markdown.h"

#include <string.h>
#include <strings.h>

#include "report/sheet.h"

static const char joiner[] = "\xe2\x81\xa0"; /* U+2060 */
static const char bar[] = "│";               /* U+2502 */

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

/* Whether what stands at `at`, in a text from `start` on, begins or joins a link or a mention with
 * what comes next. */
static bool wants_joiner(const char *start, const char *at) {
    char next = at[1];
    if (strchr("@#!$%~&^", *at)) return is_word(next) || next == '"' || next == '_';
    if (*at == ':') return is_word(next) || (next && strchr("/+-_", next));
    if (*at == '-' && at - start >= 2)
        return next >= '0' && next <= '9' && strncasecmp(at - 2, "GH", 2) == 0;
    return next == '.' && at - start >= 2 && strncasecmp(at - 2, "www", 3) == 0;
}

void markdown_add(struct text *out, const char *foreign, size_t longest) {
    if (!foreign) return;
    const char *inert = sheet_shorten(out->arena, text_inert(out->arena, foreign), (int)longest);
    for (const char *at = inert; *at; at++) {
        if (strchr("\\`*_[]<>&|~#!$^{}", *at)) text_add_char(out, '\\');
        text_add_char(out, *at);
        /* Not without the cast: a joiner never parts the bytes of one character. */
        if ((unsigned char)*at < 0x80 && wants_joiner(inert, at)) text_add(out, joiner);
    }
}

static size_t longest_run(const char *text) {
    size_t longest = 0, run = 0;
    for (; *text; text++) {
        run = *text == '`' ? run + 1 : 0;
        if (run > longest) longest = run;
    }
    return longest;
}

void markdown_add_code(struct text *out, const char *foreign, size_t longest) {
    const char *inert = sheet_shorten(out->arena, text_inert(out->arena, foreign), (int)longest);
    size_t fence = longest_run(inert) + 1;
    bool padded = fence > 1 || *inert == ' ' || !*inert;
    for (size_t i = 0; i < fence; i++) text_add_char(out, '`');
    if (padded) text_add_char(out, ' ');
    for (const char *at = inert; *at; at++) {
        if (*at == '|')
            text_add(out, bar);
        else
            text_add_char(out, *at);
    }
    if (padded) text_add_char(out, ' ');
    for (size_t i = 0; i < fence; i++) text_add_char(out, '`');
}
