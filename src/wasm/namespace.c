#include <ctype.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "wasm/demangle.h"

const char wasm_nameless[] = "(none)";
static const char anonymous[] = "(anonymous namespace)";

/** What C++ demanglers put before the name of a function they made. */
static const char *const prefixes[] = {"non-virtual thunk to ", "virtual thunk to ",
                                       "covariant return thunk to ", "guard variable for "};

/** Depth after the character at `at`, where < ( [ { count up; -> and operators do not. */
static int nest(int depth, const char *begin, const char *at) {
    switch (*at) {
    case '<':
    case '(':
    case '[':
    case '{':
        return depth + 1;
    case '>':
        if (at > begin && at[-1] == '-') return depth;
        return depth > 0 ? depth - 1 : depth;
    case ')':
    case ']':
    case '}':
        return depth > 0 ? depth - 1 : depth;
    default:
        return depth;
    }
}

/** Characters that mean something where brackets are counted, those that end a segment, and those
 * around type arguments. */
enum { MARK_BRACKET = 1, MARK_COLON = 2, MARK_ANGLE = 4 };
static const unsigned char marks[256] = {
    ['\0'] = MARK_BRACKET | MARK_COLON | MARK_ANGLE,
    [' '] = MARK_BRACKET,
    ['<'] = MARK_BRACKET | MARK_COLON | MARK_ANGLE,
    ['('] = MARK_BRACKET | MARK_COLON,
    ['['] = MARK_BRACKET | MARK_COLON,
    ['{'] = MARK_BRACKET | MARK_COLON,
    ['>'] = MARK_BRACKET | MARK_COLON | MARK_ANGLE,
    [')'] = MARK_BRACKET | MARK_COLON,
    [']'] = MARK_BRACKET | MARK_COLON,
    ['}'] = MARK_BRACKET | MARK_COLON,
    [':'] = MARK_COLON,
};

/** The next character with that mark; the NUL at the end has all. */
static const char *next_mark(const char *at, unsigned char mark) {
    while ((marks[(unsigned char)*at] & mark) == 0) at++;
    return at;
}

/** The function's qualified name without return type and parameters: begins and ends inside text.
 */
static const char *qualified(const char *text, size_t *length) {
    const char *begin = text;
    int depth = 0;
    for (const char *at = next_mark(text, MARK_BRACKET);; at = next_mark(at + 1, MARK_BRACKET)) {
        bool parameters = *at == '(' && depth == 0 && at > begin &&
                          strncmp(at, anonymous, sizeof anonymous - 1) != 0;
        if (*at == '\0' || parameters) {
            *length = (size_t)(at - begin);
            return begin;
        }
        if (*at == ' ' && depth == 0 && strncmp(begin, "operator", 8) != 0) begin = at + 1;
        depth = nest(depth, text, at);
    }
}

/** Length up to the first `::` that is in no brackets; 0: there is none. */
static size_t first_segment(const char *text, size_t length) {
    int depth = 0;
    const char *at = next_mark(text, MARK_COLON);
    for (; *at && at + 1 < text + length; at = next_mark(at + 1, MARK_COLON)) {
        if (depth == 0 && at[0] == ':' && at[1] == ':') return (size_t)(at - text);
        depth = nest(depth, text, at);
    }
    return 0;
}

/** Steps over what may stand before the path of a type: & * ( [ mut const dyn lifetimes. */
static const char *type_path(const char *at) {
    static const char *const words[] = {"mut ", "const ", "dyn ", "impl "};
    for (bool moved = true; moved;) {
        moved = false;
        while (*at && strchr("<&*([ ", *at)) at++, moved = true;
        for (size_t i = 0; i < array_length(words); i++)
            if (text_starts(at, words[i])) at += strlen(words[i]), moved = true;
        if (*at == '\'') {
            while (*at && *at != ' ') at++;
            moved = *at != '\0';
        }
    }
    return at;
}

static size_t path_word(const char *at) {
    size_t length = 0;
    while (isalnum((unsigned char)at[length]) || at[length] == '_') length++;
    return length;
}

/** The crate of a type, or NULL for a primitive or a parameter. */
static const char *crate_of_type(struct arena *arena, const char *at) {
    at = type_path(at);
    size_t length = path_word(at);
    return length > 0 && text_starts(at + length, "::") ? text_copy_bytes(arena, at, length) : NULL;
}

/** Of `<A as B>::f`: A's crate, else B's. */
static const char *crate_of_impl(struct arena *arena, const char *text) {
    const char *own = crate_of_type(arena, text);
    if (own) return own;
    int depth = 0;
    for (const char *at = text; *at; at++) {
        if (depth == 1 && text_starts(at, " as ")) return crate_of_type(arena, at + 4);
        depth = nest(depth, text, at);
        if (depth == 0) break;
    }
    return NULL;
}

/** What Go and TinyGo put before the package of a function they made, or of a method's receiver. */
static const char *const go_prefixes[] = {"type:.eq.", "type:.hash.", "type_.eq.", "type_.hash.",
                                          "type..eq.", "type..hash.", "(*",        "("};

/** Where import paths begin with a host, its last part, as Go's linker writes it: `/` as `_`. */
static const char *const go_hosts[] = {".com_", ".org_", ".net_", ".io_", ".in_",  ".dev_",
                                       ".sh_",  ".edu_", ".app_", ".co_", ".xyz_", ".ai_"};

/** The dot after the package. In import paths it is the first after the last `/`, but not what
 * stands in the brackets of a generic. Go's linker writes all that is no letter, digit or dot as
 * `_`: then it is the first that does not belong to a host. */
static const char *go_dot(const char *text) {
    const char *end = text + strcspn(text, "[ "), *slash = NULL;
    for (const char *at = text; at < end; at++)
        if (*at == '/') slash = at;
    const char *dot = strchr(slash ? slash : text, '.');
    for (size_t i = 0; !slash && dot && i < array_length(go_hosts); i++)
        if (text_starts(dot, go_hosts[i])) return strchr(dot + 1, '.');
    return dot;
}

/** "github.com/a/b" of "github.com/a/b.(*T).M", "github.com_a_b" of "github.com_a_b.__T_.M",
 * "runtime" of "runtime.mallocgc". A dot in the last part of a path is %2e, or _2e. */
static const char *go_package(struct arena *arena, const char *text) {
    for (size_t i = 0; i < array_length(go_prefixes); i++)
        if (text_starts(text, go_prefixes[i])) text += strlen(go_prefixes[i]);
    const char *dot = go_dot(text);
    if (!dot || dot == text || !(isalpha((unsigned char)dot[1]) || strchr("_(", dot[1])) ||
        dot[1] == '\0' || memchr(text, ' ', (size_t)(dot - text)) || !isalpha((unsigned char)*text))
        return NULL;
    return text_copy_bytes(arena, text, (size_t)(dot - text));
}

/** Of C++ that no demangler at hand knows, such as template parameters of newer compilers, the
 * outermost name (Itanium C++ ABI, 5.1.4): "duckdb" of "_ZN6duckdb3fooE..", "std" of "_ZNSt3__2..".
 */
static const char *mangled_space(struct arena *arena, const char *text) {
    text += strlen("_ZN");
    text += strspn(text, "rVKRO");
    if (text_starts(text, "St")) return text_copy(arena, "std");
    size_t length = 0, digits = strspn(text, "0123456789");
    for (size_t i = 0; i < digits && length < WASM_NAME_MAX; i++)
        length = length * 10 + (size_t)(text[i] - '0');
    text += digits;
    if (length == 0 || strlen(text) <= length || text[length] == 'E') return NULL;
    if (text_starts(text, "_GLOBAL__N_")) return text_copy(arena, "(anonymous namespace)");
    return text_copy_bytes(arena, text, length);
}

const char *wasm_namespace(struct arena *arena, const char *text) {
    for (size_t i = 0; i < array_length(prefixes); i++)
        if (*text == *prefixes[i] && text_starts(text, prefixes[i])) text += strlen(prefixes[i]);
    const char *found = NULL;
    if (*text == '<') {
        found = crate_of_impl(arena, text);
    } else if (text_starts(text, "_ZN")) {
        found = mangled_space(arena, text);
    } else {
        size_t length;
        const char *name = qualified(text, &length);
        size_t segment = first_segment(name, length);
        found = segment ? text_copy_bytes(arena, name, segment) : go_package(arena, text);
        const char *generic = found && segment ? strchr(found, '<') : NULL;
        if (generic) found = text_copy_bytes(arena, found, (size_t)(generic - found));
    }
    return found && *found ? found : wasm_nameless;
}

void wasm_generic_add(struct text *out, const char *text) {
    size_t length;
    if (*text == '<')
        length = strlen(text);
    else
        text = qualified(text, &length);
    const char *kept = text, *end = text + length;
    int depth = 0;
    for (const char *at = next_mark(text, MARK_ANGLE); at < end;
         at = next_mark(at + 1, MARK_ANGLE)) {
        bool opens = *at == '<' && at > text && at[-1] != ' ' && depth == 0;
        if (opens) {
            text_add_bytes(out, kept, (size_t)(at - kept));
            text_add_bytes(out, "<..>", 4);
        }
        if (!opens && depth == 0) continue;
        if (*at == '<') depth++;
        if (*at == '>' && at[-1] != '-') depth--;
        kept = at + 1;
    }
    if (depth == 0) text_add_bytes(out, kept, (size_t)(end - kept));
}
