/* JSON is nearly YAML, and the reader of YAML knows places; what keeps it from reading comments,
 * tabs and `"a":1` is replaced by as many lines of what it reads. */
#include <ctype.h>
#include <string.h>

#include "app/import_parts.h"

/* A text being copied. */
struct copying {
    const char *from, *end;
    struct text out;
    bool open; /* a comment or a text that does not end */
};

static void copy_blank(struct copying *c) {
    text_add_char(&c->out, *c->from == '\n' ? '\n' : ' ');
    c->from++;
}

static void copy_comment(struct copying *c) {
    bool block = c->from[1] == '*';
    copy_blank(c);
    copy_blank(c);
    while (c->from < c->end) {
        if (!block && *c->from == '\n') return;
        bool last = block && *c->from == '*' && c->from + 1 < c->end && c->from[1] == '/';
        copy_blank(c);
        if (!last) continue;
        copy_blank(c);
        return;
    }
    c->open |= block;
}

/* Scripts may end a line within '' only by a backslash; YAML's '' has no escapes at all. */
static void copy_quoted(struct copying *c) {
    char mark = *c->from++;
    text_add_char(&c->out, '"');
    while (c->from < c->end && *c->from != mark && *c->from != '\n') {
        if (*c->from == '\\' && c->from + 1 < c->end) {
            bool quote = c->from[1] == '\'';
            if (!quote) text_add_char(&c->out, '\\');
            text_add_char(&c->out, c->from[1]);
            c->from += 2;
            continue;
        }
        if (*c->from == '"') text_add_char(&c->out, '\\');
        text_add_char(&c->out, *c->from++);
    }
    if (c->from == c->end || *c->from != mark) {
        c->open = true;
        return;
    }
    c->from++;
    text_add_char(&c->out, '"');
}

static void copy_one(struct copying *c) {
    bool more = c->from + 1 < c->end;
    if (*c->from == '/' && more && (c->from[1] == '/' || c->from[1] == '*')) {
        copy_comment(c);
    } else if (*c->from == '"' || *c->from == '\'') {
        copy_quoted(c);
    } else if (*c->from == ':') {
        text_add(&c->out, more && !isspace((unsigned char)c->from[1]) ? ": " : ":");
        c->from++;
    } else if (*c->from == '\t' || *c->from == '\r') {
        copy_blank(c);
    } else {
        text_add_char(&c->out, *c->from++);
    }
}

/* Where the object literal that follows a `marker` begins, or NULL. */
static const char *literal_start(const char *bytes, const char *marker) {
    for (const char *at = bytes; (at = strstr(at, marker)); at++) {
        bool word = at > bytes && (isalnum((unsigned char)at[-1]) || at[-1] == '_');
        const char *brace = at + strlen(marker);
        while (isspace((unsigned char)*brace)) brace++;
        if (*brace == '=' || *brace == ':') brace++;
        while (isspace((unsigned char)*brace)) brace++;
        if (!word && *brace == '{') return brace;
    }
    return NULL;
}

/* Copies from an opening brace to the one that closes it. */
static void copy_balanced(struct copying *c) {
    int depth = 0;
    do {
        char here = *c->from;
        copy_one(c);
        if (here == '{' || here == '[' || here == '(') depth++;
        if (here == '}' || here == ']' || here == ')') depth--;
    } while (depth > 0 && c->from < c->end && !c->open);
    c->open |= depth > 0;
}

static bool script_wrong(struct importing *i, const char *name) {
    return diag_error(i->diags, IMPORT_SCRIPT, (struct place){.file = name},
                      "write the options as JSON into a file of their own, and import that",
                      "the script holds no plain `export const options = {..}` (k6) or "
                      "`performance: {..}` (webpack)");
}

static bool script_copy(struct importing *i, const char *name, struct copying *c) {
    const char *options = literal_start(c->from, "options");
    const char *start = options ? options : literal_start(c->from, "performance");
    if (!start) return script_wrong(i, name);
    /* the literal stands for the file, or below the key that says what it is */
    while (c->from < start) copy_blank(c);
    if (!options) {
        c->out.length -= c->out.length > 0;
        text_add(&c->out, "{performance: ");
    }
    c->end = start + strlen(start);
    copy_balanced(c);
    if (!options) text_add(&c->out, "}");
    return true;
}

static bool looks_like_json(const char *bytes, size_t length) {
    for (size_t at = 0; at < length; at++)
        if (!isspace((unsigned char)bytes[at]))
            return bytes[at] == '{' || bytes[at] == '[' ||
                   (bytes[at] == '/' && at + 1 < length && strchr("/*", bytes[at + 1]));
    return false;
}

static bool is_script(const char *name) {
    static const char *const ends[] = {".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"};
    for (size_t e = 0; e < array_length(ends); e++)
        if (text_ends(name, ends[e])) return true;
    return false;
}

bool import_source(struct importing *i, const char *name, const char **bytes, size_t *length) {
    struct copying c = {*bytes, *bytes + *length, text_begin(i->arena), false};
    bool script = is_script(name);
    if (strlen(*bytes) != *length) return true; /* a NUL, which the reader of YAML refuses */
    if (!script && !looks_like_json(*bytes, *length)) return true;
    if (script && !script_copy(i, name, &c)) return false;
    while (!script && c.from < c.end && !c.open) copy_one(&c);
    if (c.open)
        return diag_error(i->diags, IMPORT_SCRIPT, (struct place){.file = name}, NULL,
                          "a text, a comment or a bracket is not closed");
    *bytes = c.out.data;
    *length = c.out.length;
    return true;
}
