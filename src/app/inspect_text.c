#include <stdlib.h>
#include <string.h>

#include "app/inspect_compressed.h"
#include "base/text.h"
#include "base/units.h"

static const char *size_text(struct arena *arena, uint64_t bytes) {
    return unit_show(arena, (double)bytes, PROBE_BYTES);
}

static double percent(uint64_t part, uint64_t whole) {
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void add_shares(struct text *out, const char *title, const struct wasm_shares *shares,
                       size_t top, uint64_t whole) {
    text_add_format(out, "\n%s\n", title);
    for (size_t i = 0; i < shares->count && i < top; i++) {
        const struct wasm_share *share = &shares->items[i];
        text_add_format(out, "%12s %5.1f %%  %s", size_text(out->arena, share->bytes),
                        percent(share->bytes, whole), share->name);
        if (share->count > 1) text_add_format(out, " (%zu)", share->count);
        text_add_char(out, '\n');
    }
    if (shares->count > top)
        text_add_format(out, "%12s          and %zu more\n", "", shares->count - top);
}

/** The functions by what they retain; those that retain only themselves are no news. */
static struct wasm_shares by_retained(struct arena *arena, const struct inspection *now,
                                      size_t top) {
    struct wasm_shares list = {0};
    list.items = arena_alloc(arena, now->functions.count * sizeof *list.items);
    for (size_t i = 0; i < now->functions.count; i++) {
        const struct wasm_share *share = &now->functions.items[i];
        if (share->largest > share->bytes)
            list.items[list.count++] = (struct wasm_share){share->name, share->largest, 0, 1};
    }
    return wasm_shares_order(list.items, list.count, top);
}

/** Generic functions of which there are several. */
static struct wasm_shares monomorphised(struct arena *arena, const struct inspection *now,
                                        size_t top) {
    struct wasm_shares list = {0};
    list.items = arena_alloc(arena, now->generics.count * sizeof *list.items);
    for (size_t i = 0; i < now->generics.count; i++)
        if (now->generics.items[i].count > 1 && now->generics.items[i].name[0] != '\0')
            list.items[list.count++] = now->generics.items[i];
    return wasm_shares_order(list.items, list.count, top);
}

static void add_growth(struct text *out, const char *title, const struct growth *growth,
                       size_t top) {
    text_add_format(out, "\n%s\n", title);
    if (growth->count == 0) text_add(out, "             nothing\n");
    for (size_t i = 0; i < growth->count && i < top; i++) {
        const struct grown *grown = &growth->items[i];
        bool more = grown->after >= grown->before;
        uint64_t by = more ? grown->after - grown->before : grown->before - grown->after;
        text_add_format(out, "%s%11s  %s", more ? "+" : "-", size_text(out->arena, by),
                        grown->name);
        if (grown->renamed)
            text_add_format(out, " (was %s)", grown->renamed);
        else if (grown->before == 0 || grown->after == 0)
            text_add_format(out, " (%s)", grown->before ? "gone" : "new");
        else
            text_add_format(out, " (%+.1f %%)", (more ? 1 : -1) * percent(by, grown->before));
        text_add_char(out, '\n');
    }
    if (growth->count > top)
        text_add_format(out, "             and %zu more\n", growth->count - top);
}

/** Functions with a body. */
static size_t bodies_of(const struct wasm_file *file) {
    size_t count = 0;
    for (size_t i = 0; i < file->unit_count; i++) count += file->units[i].module.function_count;
    return count;
}

static void add_overview(struct text *out, const struct inspection *now) {
    const struct wasm_profile *profile = &now->profile;
    struct arena *arena = out->arena;
    size_t components = 0;
    for (size_t i = 0; i < now->file.unit_count; i++) components += now->file.units[i].component;
    text_add_format(out, "%s: %s", now->path, size_text(arena, now->file.length));
    if (components > 0)
        text_add_format(out, ", a component with %zu modules", now->file.unit_count - components);
    if (now->sections_only) {
        text_add_format(out, ", %zu functions, debugging %s\n", bodies_of(&now->file),
                        size_text(arena, now->debug));
        return;
    }
    text_add_format(out, ", %zu functions (%zu named) of %s\n", profile->count, profile->named,
                    size_text(arena, profile->bytes));
    text_add_format(out, "identical bodies %s, reached from nothing %s, debugging %s\n",
                    size_text(arena, profile->duplicates), size_text(arena, profile->unreferenced),
                    size_text(arena, now->debug));
}

static void add_units(struct text *out, const struct inspection *now) {
    if (now->file.unit_count < 2) return;
    text_add(out, "\nmodules\n");
    for (size_t i = 0; i < now->file.unit_count; i++) {
        const struct wasm_unit *unit = &now->file.units[i];
        text_add_format(out, "%12s          %*s%s%s\n", size_text(out->arena, unit->length),
                        (int)(2 * unit->depth), "", unit->path,
                        unit->component ? " (component)" : "");
    }
}

static void add_why(struct text *out, const struct inspection *now, const char *name) {
    struct inspect_path path = inspect_why(out->arena, now, name);
    text_add_format(out, "\nwhy %s is in\n", path.function->name);
    if (path.count == 0) text_add(out, "  nothing leads to it\n");
    if (path.count > 0)
        text_add(out, "  the host: an export, start, an element segment or an initial value\n");
    for (size_t i = 0; i < path.count; i++) text_add_format(out, "  -> %s\n", path.names[i]);
}

static void add_advice(struct text *out, const struct inspection *now) {
    if (now->advice_count == 0) return;
    text_add(out, "\nadvice\n");
    for (size_t i = 0; i < now->advice_count; i++) text_add_format(out, "  %s\n", now->advice[i]);
}

static void add_against(struct text *out, const struct inspection *now,
                        const struct inspection *before, size_t top) {
    struct arena *arena = out->arena;
    struct growth sections = inspect_growth(arena, &before->sections, &now->sections);
    text_add_format(out, "against %s: %s\n", before->path, size_text(arena, before->file.length));
    add_growth(out, "sections that changed", &sections, top);
    if (now->sections_only) return;
    struct growth spaces = inspect_growth(arena, &before->namespaces, &now->namespaces);
    struct growth functions = inspect_function_growth(arena, before, now);
    add_growth(out, "namespaces that changed", &spaces, top);
    add_growth(out, "functions that changed", &functions, top);
}

static void add_functions(struct text *out, const struct inspection *now, size_t top) {
    struct wasm_shares retained = by_retained(out->arena, now, top),
                       several = monomorphised(out->arena, now, top);
    add_shares(out, "namespaces", &now->namespaces, top, now->profile.bytes);
    if (now->sources.count) add_shares(out, "source files", &now->sources, top, now->profile.bytes);
    add_shares(out, "functions", &now->functions, top, now->profile.bytes);
    if (retained.count) add_shares(out, "retained", &retained, top, now->profile.bytes);
    if (now->doubles.count)
        add_shares(out, "identical bodies", &now->doubles, top, now->profile.bytes);
    if (several.count) add_shares(out, "made more than once", &several, top, now->profile.bytes);
}

void inspect_text(struct text *out, const struct inspect_request *request,
                  const struct inspection *now, const struct inspection *before) {
    size_t top = request->top;
    add_overview(out, now);
    add_units(out, now);
    if (before) {
        add_against(out, now, before, top);
        if (request->compressed) compressed_text(out, request->compressed);
        return;
    }
    if (request->why) {
        add_why(out, now, request->why);
        return;
    }
    add_shares(out, "sections", &now->sections, top, now->file.length);
    inspect_text_customs(out, now);
    if (now->data.count > 1)
        add_shares(out, "data segments", &now->data, top, wasm_shares_total(&now->data));
    if (!now->sections_only) add_functions(out, now, top);
    if (request->compressed) compressed_text(out, request->compressed);
    add_advice(out, now);
}
