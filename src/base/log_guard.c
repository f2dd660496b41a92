#include "base/log_guard.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

const struct log_guard log_guard_text = {"\\x23", "\\x3a"};
const struct log_guard log_guard_own = {"\\x23", NULL};
const struct log_guard log_guard_json = {"\\u0023", NULL};
const struct log_guard log_guard_markup = {"&#35;", "&#58;"};

/* `##`, letters, `[`. */
static bool hashes_command(const char *text) {
    if (text[0] != '#' || text[1] != '#') return false;
    for (text += 2; *text >= 'a' && *text <= 'z';) text++;
    return *text == '[';
}

/* Bytes before the first that a reader could see: blanks of ASCII, and as Unicode has more of them,
 * whatever else is not ASCII. */
static size_t blanks(const char *line) {
    size_t at = 0;
    while (line[at] == ' ' || line[at] == '\t' || (unsigned char)line[at] >= 0x80) at++;
    return at;
}

const char *log_guarded(struct arena *arena, const char *text, const struct log_guard *guard) {
    struct text made = text_begin(arena);
    const char *kept = text;                          /* up to here it is in `made` */
    const char *telling = guard->colon ? "#\n" : "#"; /* nothing else begins either command */
    bool line = true;
    for (const char *at = text; *at; at++) {
        if (!line) at += strcspn(at, telling);
        if (!*at) break;
        const char *colons = line && guard->colon ? at + blanks(at) : "";
        line = *at == '\n';
        bool colon = strncmp(colons, "::", 2) == 0;
        bool hash = !colon && guard->hash && hashes_command(at);
        if (!colon && !hash) continue;
        const char *replaced = colon ? colons : at + 1;
        text_add_bytes(&made, kept, (size_t)(replaced - kept));
        text_add(&made, colon ? guard->colon : guard->hash);
        kept = replaced + 1;
        at = replaced;
    }
    if (kept == text) return text;
    text_add(&made, kept);
    return made.data;
}
