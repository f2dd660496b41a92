/** What kind of terminal, if any, an output is. */
#ifndef BASE_TERM_H
#define BASE_TERM_H

#include <stdbool.h>

/** `--color` and `--progress`: auto, always, never. */
enum term_when { TERM_AUTO, TERM_ALWAYS, TERM_NEVER };

/** Colour on this descriptor? auto: a terminal, TERM not "dumb", NO_COLOR not set (no-color.org).
 */
bool term_colour(int descriptor, enum term_when when);
/** Columns of the terminal, from the kernel, else COLUMNS, else 100; at least 40. */
int term_columns(int descriptor);

#endif
