#include "probes/glob_pattern.h"

#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"

bool glob_fail(struct glob_problem *problem, enum probe_fault fault, const char *message,
               const char *hint) {
    *problem = (struct glob_problem){fault, message, hint};
    return false;
}

static bool malformed(struct arena *arena, struct glob_problem *problem, const char *text,
                      const char *what, const char *hint) {
    return glob_fail(problem, PROBE_FAULT_TARGET,
                     text_format(arena, "the pattern %s has %s", text_inert(arena, text), what),
                     hint);
}

bool glob_is_special(const char *text) {
    for (; *text; text++) {
        if (*text == '\\' && text[1])
            text++;
        else if (strchr("*?[{", *text))
            return true;
    }
    return false;
}

const char *glob_unescape(struct arena *arena, const char *part, size_t length) {
    struct text plain = text_begin(arena);
    for (size_t i = 0; i < length; i++) {
        if (part[i] == '\\' && i + 1 < length) i++;
        text_add_char(&plain, part[i]);
    }
    return plain.data;
}

const char *glob_fixed_folder(struct arena *arena, const char *directory, const char *text) {
    size_t fixed = 0;
    for (size_t i = 0; text[i] && !strchr("*?[{", text[i]); i++) {
        if (text[i] == '/') fixed = i + 1;
        if (text[i] == '\\' && text[i + 1]) i++;
    }
    return path_join(arena, directory, glob_unescape(arena, text, fixed));
}

/* Braces */

/** The brace group that opens at text[open]: where it closes, and its top-level commas. */
static bool group_end(const char *text, size_t open, size_t *close) {
    size_t depth = 0;
    for (size_t i = open; text[i]; i++) {
        if (text[i] == '\\' && text[i + 1])
            i++;
        else if (text[i] == '{')
            depth++;
        else if (text[i] == '}' && --depth == 0) {
            *close = i;
            return true;
        }
    }
    return false;
}

/** Index of the first unescaped brace, or of the end. */
static size_t first_brace(const char *text) {
    size_t i = 0;
    for (; text[i] && text[i] != '{' && text[i] != '}'; i++)
        if (text[i] == '\\' && text[i + 1]) i++;
    return i;
}

/** End of the alternative that starts at text[i] inside a group: its comma or closing brace. */
static size_t alternative_end(const char *text, size_t i) {
    for (size_t depth = 0; text[i]; i++) {
        if (text[i] == '\\' && text[i + 1])
            i++;
        else if (text[i] == '{')
            depth++;
        else if (depth == 0 && (text[i] == ',' || text[i] == '}'))
            break;
        else if (text[i] == '}')
            depth--;
    }
    return i;
}

bool glob_braces(struct arena *arena, const char *text, const char ***texts, size_t *count,
                 struct glob_problem *problem) {
    static const char unbalanced[] = "a brace without its partner";
    const char **queue = NULL; /* grows by the alternatives of its members */
    size_t queued = 0;
    *array_add(arena, queue, queued) = text;
    for (size_t next = 0; next < queued; next++) {
        const char *one = queue[next];
        size_t open = first_brace(one), close = 0;
        if (!one[open]) {
            *array_add(arena, *texts, *count) = one;
            continue;
        }
        if (one[open] == '}' || !group_end(one, open, &close))
            return malformed(arena, problem, text, unbalanced, "write \\{ for a brace itself");
        for (size_t at = open + 1, end; at <= close; at = end + 1) {
            end = alternative_end(one, at);
            if (queued >= GLOB_ALTERNATIVES_MAX)
                return malformed(arena, problem, text, "too many alternatives", NULL);
            *array_add(arena, queue, queued) = text_format(
                arena, "%.*s%.*s%s", (int)open, one, (int)(end - at), one + at, one + close + 1);
        }
    }
    return true;
}

/* Components */

/** End of the set that opens at part[0] == '[', its `]` included; 0 when there is none. */
static size_t set_length(const char *part) {
    size_t i = 1;
    if (part[i] == '!' || part[i] == '^') i++;
    if (part[i] == ']') i++;
    for (; part[i] && part[i] != ']' && part[i] != '/'; i++)
        if (part[i] == '\\' && part[i + 1]) i++;
    return part[i] == ']' ? i + 1 : 0;
}

static unsigned char set_char(const char *set, size_t *i) {
    if (set[*i] == '\\') ++*i;
    return (unsigned char)set[(*i)++];
}

/** Whether the set of `length` bytes at `set` holds `byte`. */
static bool set_holds(const char *set, size_t length, unsigned char byte) {
    size_t i = 1;
    bool negated = set[i] == '!' || set[i] == '^', held = false;
    i += negated;
    for (bool first = true; i + 1 < length || first; first = false) {
        unsigned char from = set_char(set, &i), to = from;
        if (set[i] == '-' && i + 2 < length) {
            i++;
            to = set_char(set, &i);
        }
        if (from <= byte && byte <= to) held = true;
    }
    return held != negated;
}

/** Whether the first item of `part` matches `byte`; sets how long the item is. */
static bool item_matches(const char *part, unsigned char byte, size_t *length) {
    *length = 1;
    if (*part == '?') return true;
    if (*part == '[') {
        *length = set_length(part);
        return set_holds(part, *length, byte);
    }
    if (*part == '\\' && part[1]) {
        *length = 2;
        part++;
    }
    return (unsigned char)*part == byte;
}

static bool is_dotted(const char *part) {
    return part[0] == '.' || (part[0] == '\\' && part[1] == '.');
}

bool glob_part_matches(const char *part, const char *name) {
    if (name[0] == '.' && !is_dotted(part)) return false;
    const char *star = NULL, *resume = NULL;
    while (*name) {
        size_t length;
        if (*part == '*') {
            star = ++part;
            resume = name;
        } else if (*part && item_matches(part, (unsigned char)*name, &length)) {
            part += length;
            name++;
        } else if (star) {
            part = star;
            name = ++resume;
        } else {
            return false;
        }
    }
    while (*part == '*') part++;
    return *part == '\0';
}

/* Whole patterns */

static bool check_part(struct arena *arena, const char *text, const char *part,
                       struct glob_problem *problem) {
    for (size_t i = 0; part[i]; i++) {
        if (part[i] == '\\' && part[i + 1]) {
            i++;
        } else if (part[i] == '[') {
            size_t length = set_length(part + i);
            if (length == 0)
                return malformed(arena, problem, text, "a [ without its ]",
                                 "write \\[ for a bracket itself");
            if (memmem(part + i + 1, length - 1, "[:", 2))
                return malformed(arena, problem, text, "a character class by name",
                                 "write the characters, as in [a-z]");
            i += length - 1;
        }
    }
    if (strcmp(part, "..") == 0)
        return malformed(arena, problem, text, "a .. after a special character",
                         "write .. only at the front");
    return true;
}

/** Adds a component after the first special one; "**" twice is the same as once. */
static void add_part(struct arena *arena, struct glob_pattern *pattern, const char *part) {
    bool any = strcmp(part, "**") == 0;
    if (any && pattern->part_count && strcmp(pattern->parts[pattern->part_count - 1], "**") == 0)
        return;
    *array_add(arena, pattern->parts, pattern->part_count) = part;
}

bool glob_pattern_read(struct arena *arena, const char *directory, const char *text,
                       struct glob_pattern *pattern, struct glob_problem *problem) {
    *pattern = (struct glob_pattern){.base = path_join(arena, directory, *text == '/' ? "/" : ".")};
    if (!*text) return glob_fail(problem, PROBE_FAULT_TARGET, "a pattern is empty", NULL);
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "/");
        const char *part = text_copy_bytes(arena, at, length);
        at += length;
        at += *at == '/';
        if (length == 0 || strcmp(part, ".") == 0) continue;
        if (pattern->part_count == 0 && !glob_is_special(part)) {
            pattern->base = path_join(arena, pattern->base, glob_unescape(arena, part, length));
            continue;
        }
        if (!check_part(arena, text, part, problem)) return false;
        add_part(arena, pattern, part);
    }
    if (pattern->part_count && strcmp(pattern->parts[pattern->part_count - 1], "**") == 0)
        *array_add(arena, pattern->parts, pattern->part_count) = "*";
    return true;
}

/** Copies the component at `path` to `name`; where the next one begins. False when it is too long.
 */
static bool next_component(const char **path, char *name, size_t capacity) {
    size_t length = strcspn(*path, "/");
    if (length >= capacity) return false;
    memcpy(name, *path, length);
    name[length] = '\0';
    *path += length;
    *path += **path == '/';
    return true;
}

bool glob_pattern_matches(const struct glob_pattern *pattern, const char *path) {
    if (!path_below(pattern->base, path)) return false;
    path += strlen(pattern->base);
    while (*path == '/') path++;
    char name[GLOB_PATTERN_MAX];
    const char *resume = NULL;
    size_t part = 0, any = 0; /* any: the part after the last "**" met */
    while (*path) {
        const char *next = path;
        if (!next_component(&next, name, sizeof name)) return false;
        if (part < pattern->part_count && strcmp(pattern->parts[part], "**") == 0) {
            any = ++part;
            resume = path;
        } else if (part < pattern->part_count && glob_part_matches(pattern->parts[part], name)) {
            part++;
            path = next;
        } else if (resume) {
            if (!next_component(&resume, name, sizeof name) || name[0] == '.') return false;
            part = any;
            path = resume;
        } else {
            return false;
        }
    }
    return part == pattern->part_count;
}
