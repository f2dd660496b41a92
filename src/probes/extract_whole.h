/** Whether a pattern's group took a whole number, and not a part of one. */
#ifndef PROBES_EXTRACT_WHOLE_H
#define PROBES_EXTRACT_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "probes/extract.h"

/** Where a number was found in a text. */
struct extract_place {
    const char *bytes; /**< the text, borrowed */
    size_t length;
    size_t from, to;  /**< the number: bytes[from] up to, not with, bytes[to] */
    bool first, last; /**< whether the pattern's match begins, and ends, with the number: then it
                         says nothing of its own of what stands before, and behind */
    size_t previous;  /**< end of the number found before; 0: none */
};

/**
 * Why what stands around the number makes another number of it: `1` of `10`, `12`, `1.5` and `1e3`,
 * `5` of `12.5` (a greedy `.*` before the group), `10` of `-10`, `567` of `1,234,567`, and `1.02`
 * before ` s` where the unit is ms. NULL: nothing does. In the arena.
 */
const char *extract_cut(struct arena *arena, const struct extract_place *place,
                        const struct extract_unit *unit);

/** Whether a comma and three digits stand behind the number, as in `1,234`: a part of a number,
 * unless the pattern finds its next one there. */
bool extract_grouped(const struct extract_place *place);

/** The number as the text has it, with all that belongs to it, and what is to be done. */
const char *extract_cut_problem(struct arena *arena, const struct extract_place *place);

#endif
