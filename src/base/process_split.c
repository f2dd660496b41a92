/* Quoting as in POSIX.1-2017, Shell Command Language, 2.2; everything else a shell would act on is
 * refused. */
#include <string.h>

#include "base/array.h"
#include "base/process.h"
#include "base/text.h"

struct splitter {
    struct arena *arena;
    const char *at;
    const char *problem;
};

static bool split_refuse(struct splitter *splitter, const char *what) {
    splitter->problem = text_format(
        splitter->arena,
        "%s needs a shell, and commands run without one: quote it with '...' if it is meant "
        "literally, or add `with: {shell: true}`",
        what);
    return false;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* What a shell would act on outside quotes; `~` and `#` count only at the start of a word. */
static bool is_special(char c, bool word_start) {
    if (strchr("|&;<>()$`*?\n\r", c)) return true;
    return word_start && (c == '~' || c == '#');
}

static bool single_quoted(struct splitter *splitter, struct text *word) {
    const char *end = strchr(splitter->at, '\'');
    if (!end) {
        splitter->problem = "a single quote is never closed";
        return false;
    }
    text_add_bytes(word, splitter->at, (size_t)(end - splitter->at));
    splitter->at = end + 1;
    return true;
}

static bool double_quoted(struct splitter *splitter, struct text *word) {
    while (*splitter->at && *splitter->at != '"') {
        char c = *splitter->at++;
        if (c == '$' || c == '`') return split_refuse(splitter, c == '$' ? "`$`" : "a backquote");
        if (c == '\\' && *splitter->at && strchr("$`\"\\\n", *splitter->at)) {
            c = *splitter->at++;
            if (c == '\n') continue; /* a continued line */
        }
        text_add_char(word, c);
    }
    if (*splitter->at != '"') {
        splitter->problem = "a double quote is never closed";
        return false;
    }
    splitter->at++;
    return true;
}

static bool escaped(struct splitter *splitter, struct text *word) {
    if (!*splitter->at) {
        splitter->problem = "the command ends in a backslash";
        return false;
    }
    char c = *splitter->at++;
    if (c != '\n') text_add_char(word, c);
    return true;
}

static bool plain(struct splitter *splitter, struct text *word, bool word_start) {
    char c = *splitter->at;
    if (is_special(c, word_start)) {
        bool newline = c == '\n' || c == '\r';
        return split_refuse(splitter,
                            newline ? "a line break" : text_format(splitter->arena, "`%c`", c));
    }
    text_add_char(word, c);
    splitter->at++;
    return true;
}

static bool word_read(struct splitter *splitter, struct text *word) {
    const char *start = splitter->at;
    while (*splitter->at && !is_blank(*splitter->at)) {
        const char *here = splitter->at;
        bool good;
        switch (*here) {
        case '\'':
            splitter->at++;
            good = single_quoted(splitter, word);
            break;
        case '"':
            splitter->at++;
            good = double_quoted(splitter, word);
            break;
        case '\\':
            splitter->at++;
            good = escaped(splitter, word);
            break;
        default:
            good = plain(splitter, word, here == start);
            break;
        }
        if (!good) return false;
    }
    return true;
}

/* `NAME=value command` sets a variable in a shell; without one it would be taken for a file. */
static bool is_assignment(const char *from) {
    const char *at = from;
    while (*at == '_' || (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
           (at > from && *at >= '0' && *at <= '9'))
        at++;
    return at > from && *at == '=';
}

/* A final line break is how YAML's block scalars end. */
static size_t trimmed_length(const char *command) {
    size_t length = strlen(command);
    while (length > 0 && strchr("\n\r \t", command[length - 1])) length--;
    bool continued = length > 0 && command[length - 1] == '\\' && command[length];
    return continued ? length + 1 : length;
}

static const char *blanks_end(const char *at) {
    for (;;) {
        if (is_blank(*at))
            at++;
        else if (at[0] == '\\' && at[1] == '\n')
            at += 2;
        else
            return at;
    }
}

bool process_split(struct arena *arena, const char *command, const char *const **argv,
                   size_t *count, const char **problem) {
    struct splitter splitter = {.arena = arena,
                                .at = text_copy_bytes(arena, command, trimmed_length(command))};
    const char **words = NULL;
    size_t length = 0;
    for (;;) {
        splitter.at = blanks_end(splitter.at);
        if (!*splitter.at) break;
        const char *start = splitter.at;
        struct text word = text_begin(arena);
        bool good = word_read(&splitter, &word);
        if (good && length == 0 && is_assignment(start))
            good = split_refuse(&splitter, "setting a variable before the command");
        if (!good) {
            *problem = splitter.problem;
            return false;
        }
        *array_add(arena, words, length) = word.data;
    }
    if (length == 0 || !*words[0]) {
        *problem = "the command is empty";
        return false;
    }
    *count = length;
    *array_add(arena, words, length) = NULL;
    *argv = words;
    return true;
}
