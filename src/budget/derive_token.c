#include "budget/derive_token.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static bool is_word(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

/* Brackets may hold anything, brackets too; unclosed ones take the rest. */
static size_t brackets_length(const char *text) {
    size_t length = 0;
    int depth = 0;
    while (text[length]) {
        char c = text[length++];
        if (c == '\\' && text[length]) length++;
        if (c == '[') depth++;
        if (c == ']' && --depth == 0) break;
    }
    return length;
}

static size_t operand_length(const char *text) {
    size_t length = 0;
    for (;;) {
        if (text[length] == '[')
            length += brackets_length(text + length);
        else if (is_word(text[length]))
            length++;
        else
            return length;
    }
}

/* A word that begins with a digit: `1.5`, `100KB` or the id in `2nd.wall.p95`? An id is followed by
 * a point and a letter. */
static bool is_operand(const char *text) {
    if (!isdigit((unsigned char)*text)) return true;
    size_t length = 0;
    while (is_word(text[length]) && text[length] != '.') length++;
    return text[length] == '.' && isalpha((unsigned char)text[length + 1]);
}

/* Letters of a unit; the bytes of a micro sign are above 0x7f. */
static size_t unit_letters(const char *text) {
    size_t length = 0;
    while (isalpha((unsigned char)text[length]) || (unsigned char)text[length] >= 0x80) length++;
    return length;
}

/* `/s` and `/min` belong to the number before them, `/ s.wall` does not. */
static size_t per_length(const char *text) {
    if (*text != '/') return 0;
    size_t length = unit_letters(text + 1);
    bool time =
        (length == 1 && text[1] == 's') || (length == 3 && strncmp(text + 1, "min", 3) == 0);
    return time && !is_word(text[1 + length]) ? 1 + length : 0;
}

static size_t number_length(const char *text) {
    size_t length = strspn(text, "0123456789.");
    bool exponent =
        (text[length] | 0x20) == 'e' && (isdigit((unsigned char)text[length + 1]) ||
                                         (text[length + 1] && strchr("+-", text[length + 1]) &&
                                          isdigit((unsigned char)text[length + 2])));
    if (exponent) length += 2 + strspn(text + length + 2, "0123456789");
    size_t blank = text[length] == ' ';
    const char *unit = text + length + blank;
    if (*unit == '%') return length + blank + 1;
    size_t letters = unit_letters(unit);
    if (blank && letters && (is_word(unit[letters]) || unit[letters] == '[')) return length;
    size_t per = per_length(unit + letters);
    if (letters + per == 0) return length;
    length += blank + letters + per;
    while (is_word(text[length])) length++; /* so that a bad unit is shown whole */
    return length;
}

struct derive_token derive_token_next(const char **at) {
    static const char signs[] = "+-*/()";
    static const enum derive_token_kind kinds[] = {TOKEN_ADD,    TOKEN_SUBTRACT, TOKEN_MULTIPLY,
                                                   TOKEN_DIVIDE, TOKEN_OPEN,     TOKEN_CLOSE};
    const char *text = *at + strspn(*at, " \t\n");
    struct derive_token token = {.kind = TOKEN_WRONG, .start = text, .length = 1};
    const char *sign = *text ? strchr(signs, *text) : NULL;
    if (*text == '\0') {
        token.kind = TOKEN_END;
        token.length = 0;
    } else if (sign) {
        token.kind = kinds[sign - signs];
    } else if (isalnum((unsigned char)*text)) {
        bool operand = is_operand(text);
        token.kind = operand ? TOKEN_OPERAND : TOKEN_NUMBER;
        token.length = operand ? operand_length(text) : number_length(text);
    }
    *at = text + token.length;
    return token;
}
