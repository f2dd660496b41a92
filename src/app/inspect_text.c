#include <stdlib.h>
#include <string.h>

#include "app/inspect_compressed.h"
#include "base/text.h"
#include "base/units.h"
#include "report/sheet.h"

static const char *size_text(struct arena *arena, uint64_t bytes) {
    return unit_show(arena, (double)bytes, PROBE_BYTES);
}

static double percent(uint64_t part, uint64_t whole) {
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

/** How a page is laid out. */
struct page {
    struct text *out;
    size_t top;  /* rows of a list */
    int columns; /* 0: lines may be any length */
};

/** A name, cut in its middle where it would not fit between what stands left of it and `after`. */
static void add_name(const struct page *page, int left, const char *name, const char *after) {
    int room = page->columns - left - (int)text_width(after);
    if (page->columns > 0) name = sheet_shorten(page->out->arena, name, room > 12 ? room : 12);
    text_add_format(page->out, "%s%s\n", name, after);
}

enum { SHARE_LEFT = 22, GROWTH_LEFT = 14 };

static void add_shares(const struct page *page, const char *title, const struct wasm_shares *shares,
                       uint64_t whole) {
    struct text *out = page->out;
    if (shares->count == 0) return;
    text_add_format(out, "\n%s\n", title);
    for (size_t i = 0; i < shares->count && i < page->top; i++) {
        const struct wasm_share *share = &shares->items[i];
        text_add_format(out, "%12s %5.1f %%  ", size_text(out->arena, share->bytes),
                        percent(share->bytes, whole));
        add_name(page, SHARE_LEFT, share->name,
                 share->count > 1 ? text_format(out->arena, " (%zu)", share->count) : "");
    }
    if (shares->count > page->top)
        text_add_format(out, "%12s          and %zu more\n", "", shares->count - page->top);
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

static const char *growth_note(struct arena *arena, const struct grown *grown) {
    double change = (double)grown->after - (double)grown->before;
    if (grown->renamed) return text_format(arena, " (was %s)", grown->renamed);
    if (grown->before == 0 || grown->after == 0) return grown->before ? " (gone)" : " (new)";
    return text_format(arena, " (%+.1f %%)", 100 * change / (double)grown->before);
}

static void add_growth(const struct page *page, const char *title, const struct growth *growth) {
    struct text *out = page->out;
    size_t top = page->top;
    text_add_format(out, "\n%s\n", title);
    if (growth->count == 0) text_add(out, "             nothing\n");
    for (size_t i = 0; i < growth->count && i < top; i++) {
        const struct grown *grown = &growth->items[i];
        bool more = grown->after >= grown->before;
        uint64_t by = more ? grown->after - grown->before : grown->before - grown->after;
        text_add_format(out, "%s%11s  ", more ? "+" : "-", size_text(out->arena, by));
        add_name(page, GROWTH_LEFT, grown->name, growth_note(out->arena, grown));
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

/** What all modules of a file ask of the host and offer it. */
struct interface {
    size_t imports, exports, memories, tables;
    double initial, maximum, entries;
    bool unbounded, shared, wide;
};

static struct interface interface_of(const struct wasm_file *file) {
    struct interface found = {0};
    for (size_t u = 0; u < file->unit_count; u++) {
        const struct wasm_module *module = &file->units[u].module;
        found.imports += module->import_count;
        found.exports += module->export_count;
        found.memories += module->memory_count;
        found.tables += module->table_count;
        for (size_t i = 0; i < module->memory_count; i++) {
            const struct wasm_limits *memory = &module->memories[i];
            found.initial += (double)memory->minimum * (double)memory->page_size;
            found.maximum += (double)memory->maximum * (double)memory->page_size;
            found.unbounded |= !memory->has_maximum;
            found.shared |= memory->shared;
            found.wide |= memory->wide;
        }
        for (size_t i = 0; i < module->table_count; i++)
            found.entries += (double)module->tables[i].minimum;
    }
    return found;
}

static void add_interface(struct text *out, const struct wasm_file *file) {
    struct interface found = interface_of(file);
    text_add_format(out, "imports %zu, exports %zu", found.imports, found.exports);
    if (found.memories > 0) {
        text_add_format(out, ", memory %s", unit_show(out->arena, found.initial, PROBE_BYTES));
        if (found.unbounded)
            text_add(out, " without a maximum");
        else
            text_add_format(out, " to %s", unit_show(out->arena, found.maximum, PROBE_BYTES));
        text_add_format(out, "%s%s", found.shared ? ", shared" : "", found.wide ? ", 64 bits" : "");
    }
    if (found.tables > 0) text_add_format(out, ", table of %.0f", found.entries);
    text_add_char(out, '\n');
}

static void add_overview(struct text *out, const struct inspection *now) {
    const struct wasm_profile *profile = &now->profile;
    struct arena *arena = out->arena;
    size_t components = 0;
    for (size_t i = 0; i < now->file.unit_count; i++) components += now->file.units[i].component;
    text_add_format(out, "%s: %s", now->path, size_text(arena, now->file.length));
    if (components > 0)
        text_add_format(out, ", a component with %zu modules", now->file.unit_count - components);
    if (now->sections_only)
        text_add_format(out, ", %zu functions, debugging %s\n", bodies_of(&now->file),
                        size_text(arena, now->debug));
    else
        text_add_format(out, ", %zu functions (%zu named) of %s\n", profile->count, profile->named,
                        size_text(arena, profile->bytes));
    if (!now->sections_only)
        text_add_format(out, "identical bodies %s, reached from nothing %s, debugging %s\n",
                        size_text(arena, profile->duplicates),
                        size_text(arena, profile->unreferenced), size_text(arena, now->debug));
    add_interface(out, &now->file);
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

/** Why the host can reach a function at all. */
static const char *way_in(struct arena *arena, const struct inspection *now,
                          const struct wasm_profiled *function) {
    const struct wasm_module *module = &now->file.units[function->unit].module;
    for (size_t i = 0; i < module->export_count; i++) {
        const struct wasm_export *export = &module->exports[i];
        if (export->kind != WASM_KIND_FUNCTION || export->index != function->index) continue;
        struct text text = text_begin(arena);
        text_add(&text, "the export ");
        text_add_inert(&text, export->name.bytes, export->name.length);
        return text.data;
    }
    if (module->has[WASM_START] && module->start == function->index) return "the start function";
    return "an element segment or an initial value, for calls through a table";
}

static void add_why(struct text *out, const struct inspection *now, const char *name) {
    struct inspect_path path = inspect_why(out->arena, now, name);
    text_add_format(out, "\nwhy %s is in\n", path.function->name);
    if (path.count == 0) text_add(out, "  nothing leads to it\n");
    if (path.count > 0) text_add_format(out, "  %s\n", way_in(out->arena, now, path.outermost));
    for (size_t i = 0; i < path.count; i++) text_add_format(out, "  -> %s\n", path.names[i]);
}

static void add_advice(struct text *out, const struct inspection *now) {
    if (now->advice_count == 0) return;
    text_add(out, "\nadvice\n");
    for (size_t i = 0; i < now->advice_count; i++) text_add_format(out, "  %s\n", now->advice[i]);
}

static void add_against(const struct page *page, const struct inspection *now,
                        const struct inspection *before) {
    struct text *out = page->out;
    struct arena *arena = out->arena;
    struct growth sections = inspect_growth(arena, &before->sections, &now->sections);
    text_add_format(out, "against %s: %s\n", before->path, size_text(arena, before->file.length));
    add_growth(page, "sections that changed", &sections);
    if (now->sections_only) return;
    struct growth spaces = inspect_growth(arena, &before->namespaces, &now->namespaces);
    struct growth functions = inspect_function_growth(arena, before, now);
    add_growth(page, "namespaces that changed", &spaces);
    add_growth(page, "functions that changed", &functions);
}

static void add_functions(const struct page *page, const struct inspection *now) {
    struct wasm_shares retained = by_retained(page->out->arena, now, page->top),
                       several = monomorphised(page->out->arena, now, page->top);
    uint64_t whole = now->profile.bytes;
    add_shares(page, "namespaces", &now->namespaces, whole);
    add_shares(page, "source files", &now->sources, whole);
    add_shares(page, "functions", &now->functions, whole);
    add_shares(page, "retained", &retained, whole);
    add_shares(page, "identical bodies", &now->doubles, whole);
    add_shares(page, "made more than once", &several, whole);
}

void inspect_text(struct text *out, const struct inspect_request *request,
                  const struct inspection *now, const struct inspection *before) {
    struct page page = {out, request->top, request->columns};
    add_overview(out, now);
    add_units(out, now);
    if (before) {
        add_against(&page, now, before);
        if (request->compressed) compressed_text(out, request->compressed);
        return;
    }
    if (request->why) {
        add_why(out, now, request->why);
        return;
    }
    add_shares(&page, "sections", &now->sections, now->file.length);
    inspect_text_customs(out, now);
    if (now->data.count > 1)
        add_shares(&page, "data segments", &now->data, wasm_shares_total(&now->data));
    if (!now->sections_only) add_functions(&page, now);
    if (request->compressed) compressed_text(out, request->compressed);
    add_advice(out, now);
}
