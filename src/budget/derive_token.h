/** The words of a `derive` expression. */
#ifndef BUDGET_DERIVE_TOKEN_H
#define BUDGET_DERIVE_TOKEN_H

#include <stddef.h>

enum derive_token_kind {
    TOKEN_END,
    TOKEN_NUMBER,  /**< with its unit, if it has one */
    TOKEN_OPERAND, /**< `id.metric[labels].statistic`, or a word that lacks parts of it */
    TOKEN_ADD,
    TOKEN_SUBTRACT,
    TOKEN_MULTIPLY,
    TOKEN_DIVIDE,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_WRONG, /**< a character that belongs to nothing */
};

struct derive_token {
    enum derive_token_kind kind;
    const char *start;
    size_t length;
};

/** The next token at *at, which moves behind it. Blanks are skipped; TOKEN_END for ever at the end.
 */
struct derive_token derive_token_next(const char **at);

#endif
