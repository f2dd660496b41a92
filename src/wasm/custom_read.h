/** How one custom section is read; the readers of custom.c share this. */
#ifndef WASM_CUSTOM_READ_H
#define WASM_CUSTOM_READ_H

#include "wasm/custom.h"
#include "wasm/reader.h"

/** A section being read. Readers answer false where they cannot go on; what is wrong but can be
 * read over is noted with reader_fail, and they go on. */
struct custom_reading {
    struct arena *arena;
    struct wasm_reader reader; /**< at the contents after the section's name */
    const struct wasm_unit *unit;
    const struct wasm_section *section;
    struct wasm_customs *customs;
    bool first; /**< no section stands before it */
    bool last;  /**< only custom sections come after it */
};

/** The name section. */
bool custom_read_names(struct custom_reading *reading);
/** Object files: linking and reloc.*. */
bool custom_read_linking(struct custom_reading *reading);
bool custom_read_relocations(struct custom_reading *reading);
/** Dynamic linking, as it is and as it was. */
bool custom_read_dylink(struct custom_reading *reading);
bool custom_read_old_dylink(struct custom_reading *reading);

/** Reads a vector with `item`, which gets the number of each. */
bool custom_vector(struct custom_reading *reading,
                   bool (*item)(struct custom_reading *reading, uint32_t number));

#endif
