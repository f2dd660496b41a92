#include "probes/wasm_summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

static const char preamble[] = "preamble", component[] = "component";

static uint64_t cost_of(const struct wasm_section *section) {
    return (uint64_t)section->header + section->size;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct wasm_section_sum *)a)->name,
                  ((const struct wasm_section_sum *)b)->name);
}

/** Sorts the sums from `first` on and joins those of one name. */
static void join_names(struct wasm_summary *summary, size_t first) {
    struct wasm_section_sum *sums = summary->sections + first;
    size_t count = summary->section_count - first, kept = 0;
    if (count == 0) return;
    qsort(sums, count, sizeof *sums, by_name);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(sums[i].name, sums[kept].name) == 0)
            sums[kept].bytes += sums[i].bytes;
        else
            sums[++kept] = sums[i];
    }
    summary->section_count = first + kept + 1;
}

static void add_sum(struct arena *arena, struct wasm_summary *summary, const char *name,
                    uint64_t bytes) {
    *array_add(arena, summary->sections, summary->section_count) =
        (struct wasm_section_sum){name, bytes};
}

/** What custom sections other than debugging ones are told apart for. */
static bool is_named(const struct wasm_section *section, const char *name) {
    return section->name.length == strlen(name) &&
           memcmp(section->name.bytes, name, section->name.length) == 0;
}

static void sum_custom(struct arena *arena, const struct wasm_module *module,
                       struct wasm_summary *summary) {
    for (size_t i = 0; i < module->section_count; i++) {
        const struct wasm_section *section = &module->sections[i];
        if (section->id != WASM_CUSTOM) continue;
        add_sum(arena, summary, wasm_section_label(arena, section), cost_of(section));
        summary->custom += cost_of(section);
        if (wasm_section_is_debug(section)) summary->debug += cost_of(section);
        if (is_named(section, "name")) summary->names += cost_of(section);
    }
}

static void sum_sections(struct arena *arena, const struct wasm_file *file,
                         struct wasm_summary *summary) {
    size_t first = WASM_SECTION_IDS;
    add_sum(arena, summary, preamble, 0);
    for (enum wasm_section_id id = WASM_TYPE; id < WASM_SECTION_IDS; id++)
        add_sum(arena, summary, wasm_section_word(id), 0);
    if (file->units[0].component) {
        add_sum(arena, summary, component, summary->glue);
        first++;
    }
    for (size_t i = 0; i < file->unit_count; i++) {
        const struct wasm_module *module = &file->units[i].module;
        if (file->units[i].component) continue;
        summary->sections[0].bytes += WASM_PREAMBLE;
        for (enum wasm_section_id id = WASM_TYPE; id < WASM_SECTION_IDS; id++)
            summary->sections[id].bytes += wasm_module_size_of(module, id);
        sum_custom(arena, module, summary);
    }
    join_names(summary, first);
}

static void sum_limits(const struct wasm_module *module, struct wasm_summary *summary) {
    for (size_t i = 0; i < module->memory_count; i++) {
        const struct wasm_limits *memory = &module->memories[i];
        summary->memory_initial += (double)memory->minimum * (double)memory->page_size;
        summary->memory_maximum += (double)memory->maximum * (double)memory->page_size;
        if (!memory->has_maximum) summary->memory_unbounded = true;
    }
    for (size_t i = 0; i < module->table_count; i++)
        summary->table += (double)module->tables[i].minimum;
}

static void sum_module(const struct wasm_module *module, struct wasm_summary *summary) {
    summary->code += wasm_module_size_of(module, WASM_CODE);
    summary->data += wasm_module_size_of(module, WASM_DATA);
    summary->exports_size += wasm_module_size_of(module, WASM_EXPORT);
    summary->imports_size += wasm_module_size_of(module, WASM_IMPORT);
    summary->functions += module->function_count;
    summary->imports += module->import_count;
    summary->exports += module->export_count;
    summary->data_segments += module->counts[WASM_DATA];
    for (size_t i = 0; i < module->function_count; i++)
        if (module->functions[i].size > summary->largest_function)
            summary->largest_function = module->functions[i].size;
    sum_limits(module, summary);
}

void wasm_summarise(struct arena *arena, const struct wasm_file *file,
                    struct wasm_summary *summary) {
    *summary = (struct wasm_summary){0};
    for (size_t i = 0; i < file->unit_count; i++) {
        const struct wasm_unit *unit = &file->units[i];
        struct wasm_section_sum *sum = array_add(arena, summary->units, summary->unit_count);
        *sum = (struct wasm_section_sum){text_copy(arena, unit->path),
                                         unit->component ? unit->glue : unit->length};
        summary->glue += unit->glue;
        if (!unit->component) sum_module(&unit->module, summary);
    }
    sum_sections(arena, file, summary);
}
