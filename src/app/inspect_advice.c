#include <string.h>

#include "app/inspect.h"
#include "base/array.h"
#include "base/text.h"
#include "base/units.h"

enum { MEMORIES_NAMED = 3 };

static void advise(struct arena *arena, struct inspection *inspection, const char *text) {
    *array_add(arena, inspection->advice, inspection->advice_count) = text;
}

static const char *bytes_text(struct arena *arena, uint64_t bytes) {
    return unit_show(arena, (double)bytes, PROBE_BYTES);
}

/** "/module0: " where there are several. */
static const char *where(struct arena *arena, const struct inspection *inspection, size_t number) {
    const struct wasm_file *file = &inspection->file;
    return file->unit_count < 2 ? "" : text_format(arena, "%s: ", file->units[number].path);
}

static void advise_memories(struct arena *arena, struct inspection *inspection, size_t number) {
    const struct wasm_unit *unit = &inspection->file.units[number];
    const struct custom_names *names = &inspection->customs[number].memories;
    size_t unbounded = 0;
    for (size_t i = 0; i < unit->module.memory_count; i++) {
        if (unit->module.memories[i].has_maximum || ++unbounded > MEMORIES_NAMED) continue;
        struct text text = text_begin(arena);
        text_add_format(&text, "%smemory %zu", where(arena, inspection, number), i);
        if (i < names->count && names->items[i].length > 0) {
            text_add(&text, " (");
            text_add_inert(&text, names->items[i].bytes, names->items[i].length);
            text_add_char(&text, ')');
        }
        text_add(&text, " has no maximum: it may grow to the end");
        advise(arena, inspection, text.data);
    }
    if (unbounded > MEMORIES_NAMED)
        advise(arena, inspection,
               text_format(arena, "%snor have %zu others", where(arena, inspection, number),
                           unbounded - MEMORIES_NAMED));
}

/** Advice that names a file: what, the file, and what to do. */
static void advise_file(struct arena *arena, struct inspection *inspection, const char *what,
                        struct wasm_name name, const char *advice) {
    if (name.length == 0) return;
    struct text text = text_begin(arena);
    text_add(&text, what);
    text_add_inert(&text, name.bytes, name.length);
    text_add(&text, advice);
    advise(arena, inspection, text.data);
}

static void advise_customs(struct arena *arena, struct inspection *inspection,
                           const struct wasm_customs *customs, const char *path) {
    if (!customs->linking && customs->producer_count > 0 &&
        !custom_produced_by(customs, "wasm-opt"))
        advise(arena, inspection,
               text_format(arena,
                           "%sproducers names no wasm-opt; if it was not run, `wasm-opt -Oz` "
                           "often makes a module smaller",
                           path));
    if (customs->linking || customs->relocations > 0)
        advise(arena, inspection,
               text_format(arena, "%san object file with %zu relocations: link it, then measure",
                           path, customs->relocations));
    advise_file(arena, inspection, text_format(arena, "%snames the source map ", path),
                customs->source_map,
                ": who downloads the module may fetch it; leave it out unless that is wanted");
    advise_file(arena, inspection, text_format(arena, "%sits debugging information is in ", path),
                customs->external_debug, ": keep that file, `symbols` reads its names");
}

static void advise_module(struct arena *arena, struct inspection *inspection, size_t number) {
    advise_customs(arena, inspection, &inspection->customs[number],
                   where(arena, inspection, number));
    if (!inspection->customs[number].linking) advise_memories(arena, inspection, number);
}

/** Bytes of all .debug_* sections. */
static uint64_t dwarf_bytes(const struct inspection *inspection) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < inspection->sections.count; i++)
        if (text_starts(inspection->sections.items[i].name, ".debug_"))
            bytes += inspection->sections.items[i].bytes;
    return bytes;
}

static void advise_debug(struct arena *arena, struct inspection *inspection) {
    uint64_t dwarf = dwarf_bytes(inspection);
    if (inspection->debug == 0) return;
    struct text text = text_begin(arena);
    text_add_format(&text, "%s are for debugging and linking",
                    bytes_text(arena, inspection->debug));
    if (dwarf > 0)
        text_add_format(&text, ", %s of them DWARF (.debug_*)", bytes_text(arena, dwarf));
    else
        text_add(&text, " (name, .debug_*, linking, reloc.*)");
    text_add(&text, ": ship a stripped copy, and keep this one for `symbols`");
    advise(arena, inspection, text.data);
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

/** A twin of another build, or of the module before wasm-opt, names little. */
static void advise_twin(struct arena *arena, struct inspection *inspection) {
    const struct wasm_profile *profile = &inspection->profile;
    if (!inspection->twin || profile->twinned * 2 >= profile->count) return;
    advise(arena, inspection,
           text_format(arena,
                       "only %zu of %zu functions have the body that %s has, and are named by it: "
                       "take the file that this one was stripped from",
                       profile->twinned, profile->count, inspection->twin));
}

void inspect_advise(struct arena *arena, struct inspection *inspection) {
    const struct wasm_profile *profile = &inspection->profile;
    advise_twin(arena, inspection);
    advise_debug(arena, inspection);
    for (size_t i = 0; i < inspection->file.unit_count; i++) advise_module(arena, inspection, i);
    if (profile->count > 0 && profile->named * 2 < profile->count && !inspection->twin)
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
