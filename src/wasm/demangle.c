#include "wasm/demangle.h"

#include <ctype.h>
#include <libiberty/demangle.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static int nibble_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static size_t hex_run(const char *at) {
    size_t length = 0;
    while (nibble_of(at[length]) >= 0) length++;
    return length;
}

/** Into `text`, which has room for WASM_NAME_MAX bytes and a NUL; its length. Binaryen's text form
 * writes bytes that are no name characters as \5b. */
static size_t unescape(char *text, struct wasm_name name) {
    size_t length = name.length < WASM_NAME_MAX ? name.length : WASM_NAME_MAX, out = 0;
    if (length > 0 && !memchr(name.bytes, '\\', length) && !memchr(name.bytes, '\0', length)) {
        memcpy(text, name.bytes, length);
        text[length] = '\0';
        return length;
    }
    for (size_t i = 0; i < length; i++) {
        char c = name.bytes[i];
        if (c == '\\' && i + 2 < length && nibble_of(name.bytes[i + 1]) >= 0 &&
            nibble_of(name.bytes[i + 2]) >= 0) {
            c = (char)(nibble_of(name.bytes[i + 1]) * 16 + nibble_of(name.bytes[i + 2]));
            i += 2;
        }
        if (c != '\0') text[out++] = c;
    }
    text[out] = '\0';
    return out;
}

/** Where a number begins that was put behind a name to tell it from others, `.12` or `[1]`
 * (wasm-bindgen); or NULL. */
static char *clone_number(char *text) {
    size_t left = strlen(text), digits = 0;
    bool bracket = left > 0 && text[left - 1] == ']';
    left -= bracket;
    while (digits < left && isdigit((unsigned char)text[left - 1 - digits])) digits++;
    if (digits == 0 || digits >= left) return NULL;
    size_t at = left - 1 - digits;
    bool number = bracket ? text[at] == '[' && at > 0 && text[at - 1] != ' ' : text[at] == '.';
    return number ? text + at : NULL;
}

/** Cuts `.llvm.123`, `.12`, `[1]` and ` [clone .x]` off the end; few names have a dot or a bracket.
 */
static void cut_clones(char *text, size_t length) {
    if (!memchr(text, '.', length) && !memchr(text, '[', length)) return;
    char *llvm = strstr(text, ".llvm."), *clone = strstr(text, " [clone ");
    if (llvm) *llvm = '\0';
    if (clone) *clone = '\0';
    for (char *number; (number = clone_number(text));) *number = '\0';
}

enum { TAG_LETTERS = 3, TAG_DIGITS = 5 };

/** Length of a tag by which libc++ tells its versions apart (`ne180100`, `v15000`): another
 * compiler has another one. */
static size_t version_tag(const char *at) {
    size_t letters = 0, digits = 0;
    while (letters <= TAG_LETTERS && at[letters] >= 'a' && at[letters] <= 'z') letters++;
    while (isdigit((unsigned char)at[letters + digits])) digits++;
    return letters >= 1 && letters <= TAG_LETTERS && digits >= TAG_DIGITS ? letters + digits : 0;
}

/** Takes such tags out of a mangled name, `B8ne180100`: libiberty does not know all places where
 * they may stand. */
static void cut_version_tags(char *name) {
    for (char *at = strchr(name, 'B'); at; at = strchr(at + 1, 'B')) {
        size_t length = isdigit((unsigned char)at[1]) ? version_tag(at + 2) : 0;
        if (length == 0 || (size_t)(at[1] - '0') != length) continue;
        const char *rest = at + 2 + length;
        memmove(at, rest, strlen(rest) + 1);
        at--; /* one may follow another */
    }
}

enum { HASH_DIGITS = 16, DISAMBIGUATOR_LEAST = 5, DEMANGLED_FIRST = 2048 };

/** A demangled name: in `first` as long as it fits, then in memory from malloc. */
struct demangled {
    char *data;
    size_t length, room;
    char first[DEMANGLED_FIRST];
};

/** What libiberty calls with each piece. */
static void take_piece(const char *piece, size_t length, void *context) {
    struct demangled *to = context;
    if (to->length + length + 1 > to->room) {
        size_t room = 2 * (to->length + length + 1);
        char *grown = to->data == to->first ? malloc(room) : realloc(to->data, room);
        if (!grown) memory_exhausted();
        if (to->data == to->first) memcpy(grown, to->first, to->length);
        to->data = grown;
        to->room = room;
    }
    memcpy(to->data + to->length, piece, length);
    to->length += length;
}

/** Whether an `h` and 16 digits stand in a name: the last part of Rust's older mangling, and
 * nothing that is to be left out is in the demangled text without. Of C++ there are tens of
 * thousands of names, and hardly one has it. */
static bool has_hash(const char *name) {
    for (const char *at = strchr(name, 'h'); at; at = strchr(at + 1, 'h'))
        if (hex_run(at + 1) >= HASH_DIGITS) return true;
    return false;
}

/** Whether the name is mangled; `to` then holds it demangled. `hashed`: of has_hash. */
static bool demangle(char *name, bool hashed, struct demangled *to) {
    if (name[0] == 'o' && strncmp(name, "orig$_Z", 7) == 0) name += 5;
    if (name[0] == '_' && name[1] == '_' && (name[2] == 'Z' || name[2] == 'R')) name++;
    if (name[0] != '_' || (name[1] != 'R' && name[1] != 'Z')) return false;
    if (name[1] == 'Z') cut_version_tags(name);
    bool rust = name[1] == 'R' || hashed;
    if (rust && rust_demangle_callback(name, DMGL_NO_OPTS, take_piece, to)) return true;
    to->length = 0;
    return name[1] == 'Z' &&
           cplus_demangle_v3_callback(name, DMGL_PARAMS | DMGL_ANSI, take_piece, to);
}

/** Length of what stands at `at` and is to be left out: `::h` and 16 digits, a disambiguator in
 * brackets after a crate's name, or a library's version. */
static size_t unstable_length(const char *begin, const char *at) {
    if (strncmp(at, "::h", 3) == 0 && hex_run(at + 3) == HASH_DIGITS) {
        char next = at[3 + HASH_DIGITS];
        return next == '\0' || !(isalnum((unsigned char)next) || next == '_') ? 3 + HASH_DIGITS : 0;
    }
    if (*at != '[' || at == begin) return 0;
    if (!isalnum((unsigned char)at[-1]) && at[-1] != '_') return 0;
    if (strncmp(at, "[abi:", 5) == 0) {
        size_t tag = version_tag(at + 5);
        return tag > 0 && at[5 + tag] == ']' ? tag + 6 : 0;
    }
    size_t digits = hex_run(at + 1);
    return digits >= DISAMBIGUATOR_LEAST && digits <= HASH_DIGITS && at[1 + digits] == ']'
               ? digits + 2
               : 0;
}

/** Takes out what is to be left out, in place; the length of the rest. */
static size_t stabilise(char *text, size_t length, bool hashed) {
    size_t out = 0;
    if (!hashed && !memchr(text, '[', length)) return length;
    for (char *at = text; *at;) {
        size_t skip = *at == ':' || *at == '[' ? unstable_length(text, at) : 0;
        if (skip == 0)
            text[out++] = *at++;
        else
            at += skip;
    }
    text[out] = '\0';
    return out;
}

/** Highest bits of bytes that are no printable ASCII, of eight: those have it, or get it by
 * subtracting 0x20 or adding 1; where none does, all are printable. */
static uint64_t odd_bytes(uint64_t eight) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    return (eight | (eight - ones * ' ') | (eight + ones)) & (ones * 0x80);
}

static bool is_plain(const char *text, size_t length) {
    uint64_t odd = 0, eight;
    size_t at = 0;
    for (; length - at >= sizeof eight; at += sizeof eight) {
        memcpy(&eight, text + at, sizeof eight);
        odd |= odd_bytes(eight);
    }
    for (; at < length; at++) odd |= text[at] < ' ' || text[at] > '~';
    return odd == 0;
}

const char *wasm_demangle(struct arena *arena, struct wasm_name name) {
    char plain[WASM_NAME_MAX + 1], *from = plain;
    struct demangled demangled;
    demangled.data = demangled.first;
    demangled.length = 0;
    demangled.room = DEMANGLED_FIRST;
    cut_clones(plain, unescape(plain, name));
    bool hashed = has_hash(plain);
    if (demangle(plain, hashed, &demangled)) {
        from = demangled.data;
        from[demangled.length] = '\0';
    }
    size_t length = stabilise(from, strlen(from), hashed);
    const char *text =
        is_plain(from, length) ? text_copy_bytes(arena, from, length) : text_inert(arena, from);
    if (demangled.data != demangled.first) free(demangled.data);
    return text;
}
