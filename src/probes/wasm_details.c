#include "probes/wasm_details.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "probes/wasm_metrics.h"
#include "wasm/custom.h"

static const struct {
    uint32_t metric;
    unsigned parts;
} needs[] = {
    {WASM_FUNCTION_BYTES, WASM_PROFILE_NAMES | WASM_PROFILE_HASHES},
    {WASM_NAMESPACE_BYTES, WASM_PROFILE_NAMES},
    {WASM_DUPLICATE_BYTES, WASM_PROFILE_BODIES},
    {WASM_UNREFERENCED_BYTES, WASM_PROFILE_RETAINED},
    {WASM_RETAINED_BYTES, WASM_PROFILE_NAMES | WASM_PROFILE_RETAINED},
};

unsigned wasm_details_wanted(struct probe_run *run) {
    unsigned wanted = 0;
    for (size_t i = 0; i < array_length(needs); i++)
        if (probe_wanted(run, needs[i].metric)) wanted |= needs[i].parts;
    return wanted;
}

enum { VIOLATIONS_NAMED = 10, NOTES_MAX = 10 };

/** A custom section that is malformed leaves the module a good one, so that it is only noted. */
static void find_notes(struct arena *arena, const struct wasm_file *file,
                       struct wasm_details *details) {
    struct arena *scratch = arena_new();
    for (size_t i = 0; i < file->unit_count; i++) {
        struct wasm_customs customs;
        wasm_customs_read(scratch, file->bytes, &file->units[i], &customs);
        for (size_t n = 0; n < customs.note_count && details->note_count < NOTES_MAX; n++) {
            struct text text = text_begin(arena);
            text_add(&text, "custom section ");
            text_add_inert(&text, customs.notes[n].section.bytes, customs.notes[n].section.length);
            text_add_format(&text, " is malformed at byte %zu: %s", customs.notes[n].offset,
                            customs.notes[n].reason);
            *array_add(arena, details->notes, details->note_count) = text.data;
        }
    }
    arena_free(scratch);
}

/** From the last function to the first, as the first of a name says whether it is one. */
static const struct wasm_identity *identities(struct arena *arena,
                                              const struct wasm_profile *profile,
                                              const struct wasm_shares *shares) {
    struct arena *scratch = arena_new();
    struct wasm_identity *made = arena_alloc(arena, shares->count * sizeof *made);
    struct wasm_share_table names = wasm_shares_table(scratch, shares);
    for (size_t i = profile->count; i-- > 0;) {
        const struct wasm_profiled *function = &profile->functions[i];
        const struct wasm_share *share = wasm_share_find(&names, function->name);
        if (!share) continue;
        struct wasm_identity *identity = &made[share - shares->items];
        identity->bodies += function->hash;
        identity->nameless = !function->named;
        identity->namespace = function->namespace;
    }
    arena_free(scratch);
    return made;
}

void wasm_details_find(struct arena *arena, const struct wasm_file *file,
                       const struct wasm_details_request *request, struct wasm_details *details) {
    *details = (struct wasm_details){
        .imports = wasm_denied_imports(arena, request->config, file),
        .features = wasm_denied_features(arena, request->config, file),
        .exports = wasm_missing_exports(arena, request->config, file),
    };
    find_notes(arena, file, details);
    if (request->wanted == 0) return;
    const struct wasm_profile_request wanted = {
        .file = file,
        .symbols = request->symbols,
        .wanted = request->wanted,
        .pool = request->pool,
    };
    struct wasm_profile profile = wasm_profile_make(arena, &wanted);
    details->duplicates = profile.duplicates;
    details->unreferenced = profile.unreferenced;
    details->named_from_twin = profile.twinned;
    details->count = profile.count;
    if ((request->wanted & WASM_PROFILE_NAMES) == 0) return;
    details->functions = wasm_profile_by_name(arena, &profile, 1); /* in no order */
    if (request->wanted & WASM_PROFILE_HASHES)
        details->identities = identities(arena, &profile, &details->functions);
    details->namespaces = wasm_profile_by_namespace(arena, &profile, 1);
}

/** A label of the metric's first dimension and of the file; built on that of the file, which there
 * is once. */
static probe_label_id label_of(struct probe_run *run, uint32_t metric, const char *name,
                               const char *file) {
    const char *dimension = wasm_metrics[metric].dimensions[0].name;
    return probe_label_add(run, probe_label(run, "file", file), dimension, name);
}

static uint64_t value_of(uint32_t metric, const struct wasm_share *share) {
    return metric == WASM_RETAINED_BYTES ? share->largest : share->bytes;
}

/** Each name, with what it is known again by, and the file as a whole. */
static void emit_shares(struct probe_run *run, uint32_t metric, const char *file,
                        const struct wasm_shares *shares, const struct wasm_identity *identities) {
    uint64_t whole = 0;
    if (!probe_wanted(run, metric)) return;
    for (size_t i = 0; i < shares->count; i++) {
        uint64_t value = value_of(metric, &shares->items[i]);
        if (metric != WASM_RETAINED_BYTES)
            whole += value;
        else if (value > whole)
            whole = value;
        probe_label_id label = label_of(run, metric, shares->items[i].name, file);
        if (identities) label = probe_label_add(run, label, "namespace", identities[i].namespace);
        probe_emit(run, metric, label, (double)value);
        if (identities)
            probe_fingerprint(run, metric, label, identities[i].bodies, identities[i].nameless);
    }
    probe_emit(run, metric, probe_label(run, "file", file), (double)whole);
}

static void name_violations(struct probe_run *run, const char *file, const char *what,
                            const struct wasm_violations *violations) {
    struct arena *scratch = arena_new();
    struct text text = text_begin(scratch);
    text_add_format(&text, "%s %s:", file, what);
    for (size_t i = 0; i < violations->count && i < VIOLATIONS_NAMED; i++)
        text_add_format(&text, "%s %s", i ? "," : "", violations->names[i]);
    if (violations->count > VIOLATIONS_NAMED)
        text_add_format(&text, " and %zu more", violations->count - VIOLATIONS_NAMED);
    probe_remark(run, PROBE_NOTE, text.data, NULL);
    arena_free(scratch);
}

/** What each list is about, and what has to be written for it. */
static const struct {
    uint32_t metric;
    const char *what, *needed;
} lists[] = {
    {WASM_DENIED_IMPORTS, "imports what it may not",
     "denied_imports is not measured without `allow_imports` or `deny_imports`"},
    {WASM_DENIED_FEATURES, "uses features it may not",
     "denied_features is not measured without `allow_features`"},
    {WASM_MISSING_EXPORTS, "does not export",
     "missing_exports is not measured without `require_exports`"},
};

/** The number of violations of a file, and each one by name. A list the budget does not have is not
 * kept, and its metric not measured. */
static void emit_violations(struct probe_run *run, size_t list, const char *file,
                            const struct wasm_violations *violations) {
    uint32_t metric = lists[list].metric;
    if (!probe_wanted(run, metric)) return;
    if (!violations->held) {
        probe_remark(run, PROBE_WARNING, lists[list].needed, "write the list below `with:`");
        return;
    }
    probe_emit(run, metric, probe_label(run, "file", file), (double)violations->count);
    for (size_t i = 0; i < violations->count; i++)
        probe_emit(run, metric, label_of(run, metric, violations->names[i], file), 1);
    if (violations->count > 0) name_violations(run, file, lists[list].what, violations);
}

static void emit_notes(struct probe_run *run, const char *file,
                       const struct wasm_details *details) {
    struct arena *scratch = arena_new();
    for (size_t i = 0; i < details->note_count; i++)
        probe_remark(run, PROBE_NOTE, text_format(scratch, "%s: %s", file, details->notes[i]),
                     NULL);
    arena_free(scratch);
}

void wasm_details_emit(struct probe_run *run, const char *file,
                       const struct wasm_details *details) {
    probe_label_id label = probe_label(run, "file", file);
    emit_shares(run, WASM_FUNCTION_BYTES, file, &details->functions, details->identities);
    emit_shares(run, WASM_NAMESPACE_BYTES, file, &details->namespaces, NULL);
    emit_shares(run, WASM_RETAINED_BYTES, file, &details->functions, NULL);
    if (probe_wanted(run, WASM_DUPLICATE_BYTES))
        probe_emit(run, WASM_DUPLICATE_BYTES, label, (double)details->duplicates);
    if (probe_wanted(run, WASM_UNREFERENCED_BYTES))
        probe_emit(run, WASM_UNREFERENCED_BYTES, label, (double)details->unreferenced);
    emit_violations(run, 0, file, &details->imports);
    emit_violations(run, 1, file, &details->features);
    emit_violations(run, 2, file, &details->exports);
    emit_notes(run, file, details);
}
