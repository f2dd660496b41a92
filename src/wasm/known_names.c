#include "wasm/known_names.h"

#include <string.h>

#include "base/hash.h"

/** Where a function of that name stands, or would. */
static size_t slot_of(const struct known_names *known, struct wasm_name raw) {
    size_t slot = hash128_of(raw.bytes, raw.length).low & known->mask;
    for (; known->slots[slot]; slot = (slot + 1) & known->mask) {
        struct wasm_name other = known->profile->functions[known->slots[slot] - 1].raw;
        if (other.length == raw.length && memcmp(other.bytes, raw.bytes, raw.length) == 0) break;
    }
    return slot;
}

struct known_names known_names_of(struct arena *arena, const struct wasm_profile *profile) {
    struct known_names known = {.profile = profile};
    size_t room = 16;
    if (!profile) return known;
    while (room < 2 * profile->count) room *= 2;
    known.slots = arena_alloc(arena, room * sizeof *known.slots);
    known.mask = room - 1;
    for (size_t i = 0; i < profile->count; i++)
        if (profile->functions[i].named)
            known.slots[slot_of(&known, profile->functions[i].raw)] = (uint32_t)i + 1;
    return known;
}

const char *known_name(const struct known_names *known, struct wasm_name raw) {
    if (!known->profile) return NULL;
    uint32_t number = known->slots[slot_of(known, raw)];
    return number ? known->profile->functions[number - 1].name : NULL;
}
