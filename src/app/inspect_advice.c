#include <string.h>

#include "app/inspect.h"
#include "base/array.h"
#include "base/text.h"
#include "base/units.h"
#include "wasm/names.h"

static void advise(struct arena *arena, struct inspection *inspection, const char *text) {
    *array_add(arena, inspection->advice, inspection->advice_count) = text;
}

static const char *bytes_text(struct arena *arena, uint64_t bytes) {
    return unit_show(arena, (double)bytes, PROBE_BYTES);
}

/** Whether the producers section, where there is one, names a tool. */
static bool produced_by(const struct wasm_file *file, const struct wasm_module *module,
                        const char *tool, bool *there) {
    const struct wasm_section *section = wasm_custom_find(module, "producers");
    *there = section != NULL;
    if (!section) return false;
    struct wasm_span span = wasm_custom_payload(file->bytes, section);
    return memmem(span.bytes + span.begin, span.end - span.begin, tool, strlen(tool)) != NULL;
}

static void advise_module(struct arena *arena, struct inspection *inspection,
                          const struct wasm_unit *unit) {
    bool there = false;
    if (!produced_by(&inspection->file, &unit->module, "wasm-opt", &there) && there)
        advise(arena, inspection,
               text_format(arena,
                           "%s: producers names no wasm-opt; if it was not run, `wasm-opt -Oz` "
                           "often makes a module smaller",
                           unit->path));
    for (size_t i = 0; i < unit->module.memory_count; i++)
        if (!unit->module.memories[i].has_maximum)
            advise(arena, inspection,
                   text_format(arena, "%s: memory %zu has no maximum: it may grow to the end",
                               unit->path, i));
}

static void advise_monomorphised(struct arena *arena, struct inspection *inspection) {
    const struct wasm_shares *generics = &inspection->generics;
    for (size_t i = 0; i < generics->count; i++) {
        const struct wasm_share *share = &generics->items[i];
        if (share->count < 2 || share->bytes * 50 < inspection->profile.bytes) continue;
        if (strchr(share->name, '<') == NULL) continue;
        advise(arena, inspection,
               text_format(arena, "%s was made %zu times, %s together: let one version do the work",
                           share->name, share->count, bytes_text(arena, share->bytes)));
    }
}

void inspect_advise(struct arena *arena, struct inspection *inspection) {
    const struct wasm_profile *profile = &inspection->profile;
    if (inspection->debug > 0)
        advise(arena, inspection,
               text_format(arena,
                           "%s are for debugging and linking (name, .debug_*, linking, reloc.*): "
                           "ship a stripped copy, and keep this one for `symbols`",
                           bytes_text(arena, inspection->debug)));
    for (size_t i = 0; i < inspection->file.unit_count; i++)
        if (!inspection->file.units[i].component)
            advise_module(arena, inspection, &inspection->file.units[i]);
    if (profile->count > 0 && profile->named * 2 < profile->count)
        advise(arena, inspection,
               text_format(arena,
                           "only %zu of %zu functions have a name: give an unstripped twin with "
                           "--symbols",
                           profile->named, profile->count));
    if (profile->unreferenced > 0)
        advise(arena, inspection,
               text_format(arena,
                           "%s of functions are reached from nothing: a linker's or "
                           "wasm-opt's dead code removal takes them out",
                           bytes_text(arena, profile->unreferenced)));
    advise_monomorphised(arena, inspection);
}
