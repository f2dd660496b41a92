/* cJSON takes more than JSON (01, 1e400, names twice, text after the end, any bytes in strings), so
 * the text is checked by the grammar of RFC 8259 first. */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/json_internal.h"
#include "base/text.h"

/* A member's name with its escapes resolved, and where it stands. */
struct name {
    const char *bytes;
    size_t length, at;
};

struct checker {
    struct arena *arena;
    const char *bytes;
    size_t length, at;
    const char *problem;
    int depth;
};

static bool wrong(struct checker *checker, const char *problem) {
    if (!checker->problem) checker->problem = problem;
    return false;
}

static int peek(const struct checker *checker) {
    return checker->at < checker->length ? (unsigned char)checker->bytes[checker->at] : -1;
}

static bool take(struct checker *checker, char expected) {
    if (peek(checker) != expected) return false;
    checker->at++;
    return true;
}

static void skip_blanks(struct checker *checker) {
    for (int c = peek(checker); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = peek(checker))
        checker->at++;
}

static size_t take_digits(struct checker *checker) {
    size_t from = checker->at;
    for (int c = peek(checker); c >= '0' && c <= '9'; c = peek(checker)) checker->at++;
    return checker->at - from;
}

/* Only an exponent can take a number of at most JSON_NUMBER_MAX characters beyond double. */
static bool number_is_finite(const char *bytes, size_t length) {
    cJSON *number = cJSON_ParseWithLength(bytes, length);
    if (!number) memory_exhausted();
    bool finite = isfinite(number->valuedouble);
    cJSON_Delete(number);
    return finite;
}

static bool check_number(struct checker *checker) {
    size_t from = checker->at;
    bool exponent = false;
    take(checker, '-');
    bool zero = peek(checker) == '0';
    size_t digits = take_digits(checker);
    if (digits == 0) return wrong(checker, "a number without digits");
    if (zero && digits > 1) return wrong(checker, "a number with a leading zero");
    if (take(checker, '.') && take_digits(checker) == 0)
        return wrong(checker, "a number without digits after its point");
    if (peek(checker) == 'e' || peek(checker) == 'E') {
        exponent = true;
        checker->at++;
        if (peek(checker) == '+' || peek(checker) == '-') checker->at++;
        if (take_digits(checker) == 0) return wrong(checker, "a number without its exponent");
    }
    size_t length = checker->at - from;
    if (length > JSON_NUMBER_MAX) return wrong(checker, "a number of more than 63 characters");
    if (exponent && !number_is_finite(checker->bytes + from, length))
        return wrong(checker, "a number too large for a double");
    return true;
}

static int hex_value(int c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* The four digits after \u. */
static bool check_unit(struct checker *checker, unsigned *unit) {
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(peek(checker));
        if (digit < 0) return wrong(checker, "\\u without four hex digits");
        *unit = *unit * 16 + (unsigned)digit;
        checker->at++;
    }
    return true;
}

static void add_utf8(struct text *text, unsigned point) {
    if (point < 0x80) {
        text_add_char(text, (char)point);
        return;
    }
    int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned lead[] = {0, 0xC0, 0xE0, 0xF0};
    text_add_char(text, (char)(lead[more] | point >> (6 * more)));
    while (more-- > 0) text_add_char(text, (char)(0x80u | (point >> (6 * more) & 0x3Fu)));
}

static bool check_unicode_escape(struct checker *checker, struct text *decoded) {
    unsigned unit, low;
    if (!check_unit(checker, &unit)) return false;
    if (unit == 0) return wrong(checker, "\\u0000 in a text");
    if (unit >= 0xDC00 && unit <= 0xDFFF) return wrong(checker, "half a surrogate pair");
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        if (!take(checker, '\\') || !take(checker, 'u'))
            return wrong(checker, "half a surrogate pair");
        if (!check_unit(checker, &low)) return false;
        if (low < 0xDC00 || low > 0xDFFF) return wrong(checker, "half a surrogate pair");
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    if (decoded) add_utf8(decoded, unit);
    return true;
}

static bool check_escape(struct checker *checker, struct text *decoded) {
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (take(checker, 'u')) return check_unicode_escape(checker, decoded);
    int letter = peek(checker);
    const char *found = letter > 0 ? strchr(letters, letter) : NULL;
    if (!found) return wrong(checker, "an unknown escape");
    checker->at++;
    if (decoded) text_add_char(decoded, meant[found - letters]);
    return true;
}

/* After the opening quote; `decoded` may be NULL. */
static bool check_text(struct checker *checker, struct text *decoded) {
    for (;;) {
        int c = peek(checker);
        if (c < 0) return wrong(checker, "a text without its closing quote");
        if (c < 0x20) return wrong(checker, "a control character in a text");
        if (take(checker, '"')) return true;
        if (take(checker, '\\')) {
            if (!check_escape(checker, decoded)) return false;
            continue;
        }
        unsigned point;
        const char *from = checker->bytes + checker->at;
        size_t size = text_utf8_length(from, checker->length - checker->at, &point);
        if (size == 0) return wrong(checker, "bytes that are no UTF-8");
        if (decoded) text_add_bytes(decoded, from, size);
        checker->at += size;
    }
}

static bool check_name(struct checker *checker, struct name *name) {
    name->at = checker->at;
    if (!take(checker, '"')) return wrong(checker, "expected a name in double quotes");
    size_t from = checker->at;
    if (!check_text(checker, NULL)) return false;
    name->bytes = checker->bytes + from;
    name->length = checker->at - 1 - from;
    if (!memchr(name->bytes, '\\', name->length)) return true;
    struct text decoded = text_begin(checker->arena);
    checker->at = from;
    check_text(checker, &decoded);
    name->bytes = decoded.data;
    name->length = decoded.length;
    return true;
}

static int name_compare(const void *a, const void *b) {
    const struct name *one = a, *two = b;
    if (one->length != two->length) return one->length < two->length ? -1 : 1;
    int order = memcmp(one->bytes, two->bytes, one->length);
    if (order == 0) order = one->at < two->at ? -1 : 1;
    return order;
}

static bool check_unique(struct checker *checker, struct name *names, size_t count) {
    if (count > 1) qsort(names, count, sizeof *names, name_compare);
    for (size_t i = 1; i < count; i++) {
        const struct name *one = &names[i - 1], *two = &names[i];
        if (one->length != two->length || memcmp(one->bytes, two->bytes, one->length) != 0)
            continue;
        checker->at = two->at;
        return wrong(checker, "a name that stands twice in one object");
    }
    return true;
}

static bool check_value(struct checker *checker);

static bool check_object(struct checker *checker) {
    struct name *names = NULL;
    size_t count = 0;
    skip_blanks(checker);
    if (take(checker, '}')) return true;
    do {
        skip_blanks(checker);
        if (!check_name(checker, array_add(checker->arena, names, count))) return false;
        skip_blanks(checker);
        if (!take(checker, ':')) return wrong(checker, "expected `:` after a name");
        if (!check_value(checker)) return false;
    } while (take(checker, ','));
    if (!take(checker, '}')) return wrong(checker, "expected `,` or `}`");
    return check_unique(checker, names, count);
}

static bool check_list(struct checker *checker) {
    skip_blanks(checker);
    if (take(checker, ']')) return true;
    do
        if (!check_value(checker)) return false;
    while (take(checker, ','));
    return take(checker, ']') || wrong(checker, "expected `,` or `]`");
}

static bool check_word(struct checker *checker) {
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < array_length(words); i++) {
        size_t size = strlen(words[i]);
        if (checker->length - checker->at < size) continue;
        if (memcmp(checker->bytes + checker->at, words[i], size) != 0) continue;
        checker->at += size;
        return true;
    }
    return wrong(checker, checker->at < checker->length ? "expected a value"
                                                        : "the document ends too early");
}

static bool check_nested(struct checker *checker, bool (*check)(struct checker *)) {
    if (checker->depth == JSON_DEPTH_MAX) return wrong(checker, "nested more than 64 deep");
    checker->at++;
    checker->depth++;
    bool good = check(checker);
    checker->depth--;
    return good;
}

/* Depth is capped by check_nested. */
static bool check_value(struct checker *checker) {
    skip_blanks(checker);
    int c = peek(checker);
    bool good;
    if (c == '{')
        good = check_nested(checker, check_object);
    else if (c == '[')
        good = check_nested(checker, check_list);
    else if (c == '"')
        good = take(checker, '"') && check_text(checker, NULL);
    else if (c == '-' || (c >= '0' && c <= '9'))
        good = check_number(checker);
    else
        good = check_word(checker);
    if (good) skip_blanks(checker);
    return good;
}

bool json_check(struct arena *arena, const char *bytes, size_t length, const char **problem,
                size_t *at) {
    struct checker checker = {.arena = arena, .bytes = bytes, .length = length};
    bool good = check_value(&checker);
    if (good && checker.at < length) good = wrong(&checker, "something after the document's end");
    *problem = checker.problem;
    *at = checker.at;
    return good;
}
