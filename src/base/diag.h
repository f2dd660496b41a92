/** Diagnostics: what went wrong, where, and what to do, as data; only cli/show.c prints them. */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/** Where something stands in a file. line 0: no place; column counts characters from 1. */
struct place {
    const char *file; /**< as the user named it; NULL for none */
    const char
        *source; /**< the whole source line without its end, for the caret; NULL if there is none */
    int line, column;
    int length; /**< characters to underline, 0 or 1: a caret alone */
};

enum diag_level { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR };

/** Which exit code an error leads to (design section 4). A warning or a note leads to none. */
enum diag_class { DIAG_CONFIG = 2, DIAG_UNMEASURED = 3, DIAG_INTERNAL = 4, DIAG_POLICY = 5 };

/**
 * Every code there is, from the tables in base/codes/ (one file a layer), rows of
 * CODE(ENUM_NAME, "stable-word", CLASS, "what it means", "what to do").
 */
enum diag_code {
#define CODE(name, word, class, meaning, remedy) name,
#include "base/codes/all.h"
#undef CODE
    DIAG_CODE_COUNT
};

struct diag_code_row {
    const char *word; /**< stable for ever: "yaml-duplicate-key" */
    enum diag_class class;
    const char *meaning, *remedy; /**< for `explain`, and docs/reference/errors.md */
};
extern const struct diag_code_row diag_codes[DIAG_CODE_COUNT];

struct diag {
    enum diag_level level;
    enum diag_code code;
    struct place place;
    const char *message, *hint; /**< hint: NULL, or what to do, as a sentence */
};

/** A list of diagnostics, in the order found. Not shared between threads. */
struct diags {
    struct arena *arena; /**< texts and items live here */
    struct diag *items;
    size_t count;
    size_t errors; /**< how many of them are of level error */
};

struct diags diags_begin(struct arena *arena);

/** Adds an error; always returns false, so that `return diag_error(..)` reads well. hint may be
 * NULL. */
bool diag_error(struct diags *diags, enum diag_code code, struct place place, const char *hint,
                const char *format, ...) __attribute__((format(printf, 5, 6)));
void diag_warning(struct diags *diags, enum diag_code code, struct place place, const char *hint,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
void diag_note(struct diags *diags, enum diag_code code, struct place place, const char *hint,
               const char *format, ...) __attribute__((format(printf, 5, 6)));

/** Adds a ready-made one, copying its texts into the list's arena. */
void diag_add(struct diags *diags, const struct diag *diag);

/** Adds all of `from`, copied. */
void diags_join(struct diags *into, const struct diags *from);

/** The exit code the errors ask for, by precedence internal, policy, config, unmeasured; 0 without
 * errors. */
int diags_exit_code(const struct diags *diags);

/** The code with that word, or DIAG_CODE_COUNT. */
enum diag_code diag_code_find(const char *word);

#define NO_PLACE ((struct place){0})

/** "budgets/web.yaml:12:3", inert; "" for no place. */
const char *place_text(struct arena *arena, struct place place);

#endif
