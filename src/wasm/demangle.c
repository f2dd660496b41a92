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

/** Into `text`, which has room for WASM_NAME_MAX bytes and a NUL. Binaryen's text form writes bytes
 * that are no name characters as \5b. */
static void unescape(char *text, struct wasm_name name) {
    size_t length = name.length < WASM_NAME_MAX ? name.length : WASM_NAME_MAX, out = 0;
    if (length > 0 && !memchr(name.bytes, '\\', length) && !memchr(name.bytes, '\0', length)) {
        memcpy(text, name.bytes, length);
        text[length] = '\0';
        return;
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
}

/** Cuts `.llvm.123`, `.12` and ` [clone .x]` off the end. */
static void cut_clones(char *text) {
    char *llvm = strstr(text, ".llvm."), *clone = strstr(text, " [clone ");
    if (llvm) *llvm = '\0';
    if (clone) *clone = '\0';
    for (;;) {
        size_t length = strlen(text), digits = 0;
        while (digits < length && isdigit((unsigned char)text[length - 1 - digits])) digits++;
        if (digits == 0 || digits >= length || text[length - 1 - digits] != '.') return;
        text[length - 1 - digits] = '\0';
    }
}

/** From malloc; NULL when the name is not mangled. */
static char *demangle(const char *name) {
    if (strncmp(name, "orig$_Z", 7) == 0) name += 5;
    if (strncmp(name, "__Z", 3) == 0 || strncmp(name, "__R", 3) == 0) name++;
    if (strncmp(name, "_R", 2) != 0 && strncmp(name, "_Z", 2) != 0) return NULL;
    char *rust = rust_demangle(name, DMGL_NO_OPTS);
    return rust || name[1] == 'R' ? rust : cplus_demangle_v3(name, DMGL_PARAMS | DMGL_ANSI);
}

enum { HASH_DIGITS = 16, DISAMBIGUATOR_LEAST = 5 };

/** Length of a hash that stands at `at` and is to be left out: `::h` and 16 digits, or a
 * disambiguator in brackets after a crate's name. */
static size_t unstable_length(const char *begin, const char *at) {
    if (strncmp(at, "::h", 3) == 0 && hex_run(at + 3) == HASH_DIGITS) {
        char next = at[3 + HASH_DIGITS];
        return next == '\0' || !(isalnum((unsigned char)next) || next == '_') ? 3 + HASH_DIGITS : 0;
    }
    if (*at != '[' || at == begin) return 0;
    if (!isalnum((unsigned char)at[-1]) && at[-1] != '_') return 0;
    size_t digits = hex_run(at + 1);
    return digits >= DISAMBIGUATOR_LEAST && digits <= HASH_DIGITS && at[1 + digits] == ']'
               ? digits + 2
               : 0;
}

/** Takes out what is to be left out, in place; the length of the rest. */
static size_t stabilise(char *text) {
    size_t out = 0;
    if (!strchr(text, '[') && !strstr(text, "::h")) return strlen(text);
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

static bool is_plain(const char *text) {
    while (*text >= ' ' && *text <= '~') text++;
    return *text == '\0';
}

const char *wasm_demangle(struct arena *arena, struct wasm_name name) {
    char plain[WASM_NAME_MAX + 1];
    unescape(plain, name);
    cut_clones(plain);
    char *demangled = demangle(plain), *from = demangled ? demangled : plain;
    size_t length = stabilise(from);
    const char *text =
        is_plain(from) ? text_copy_bytes(arena, from, length) : text_inert(arena, from);
    free(demangled);
    return text;
}
