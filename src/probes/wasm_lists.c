#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "probes/wasm_config.h"
#include "wasm/opcodes.h"

/** Whether a pattern with * and ? matches all of a name. */
static bool matches(const char *pattern, const char *name) {
    const char *star = NULL, *resume = NULL;
    while (*name) {
        if (*pattern == '*') {
            star = pattern++;
            resume = name;
        } else if (*pattern == '?' || *pattern == *name) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star + 1;
            name = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*') pattern++;
    return *pattern == '\0';
}

static bool any_matches(struct probe_texts patterns, const char *name) {
    for (size_t i = 0; i < patterns.count; i++)
        if (matches(patterns.items[i], name)) return true;
    return false;
}

static void add(struct arena *arena, struct wasm_violations *violations, const char *name) {
    *array_add(arena, violations->names, violations->count) = name;
}

static int by_name(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/** Each name once, sorted: a module may import a million. */
static void keep_once(struct wasm_violations *violations) {
    size_t kept = 0;
    if (violations->count == 0) return;
    qsort(violations->names, violations->count, sizeof *violations->names, by_name);
    for (size_t i = 1; i < violations->count; i++)
        if (strcmp(violations->names[i], violations->names[kept]) != 0)
            violations->names[++kept] = violations->names[i];
    violations->count = kept + 1;
}

static const char *import_name(struct arena *arena, const struct wasm_import *import) {
    struct text text = text_begin(arena);
    text_add_inert(&text, import->module.bytes, import->module.length);
    text_add_char(&text, '.');
    text_add_inert(&text, import->field.bytes, import->field.length);
    return text.data;
}

struct wasm_violations wasm_denied_imports(struct arena *arena, const struct wasm_config *config,
                                           const struct wasm_file *file) {
    struct wasm_violations found = {.held = config->allow_imports.count > 0 ||
                                            config->deny_imports.count > 0};
    for (size_t u = 0; found.held && u < file->unit_count; u++) {
        const struct wasm_module *module = &file->units[u].module;
        for (size_t i = 0; i < module->import_count; i++) {
            const char *name = import_name(arena, &module->imports[i]);
            if (any_matches(config->deny_imports, name) ||
                (config->allow_imports.count > 0 && !any_matches(config->allow_imports, name)))
                add(arena, &found, name);
        }
    }
    keep_once(&found);
    return found;
}

struct wasm_violations wasm_denied_features(struct arena *arena, const struct wasm_config *config,
                                            const struct wasm_file *file) {
    struct wasm_violations found = {.held = config->allow_features.count > 0};
    uint64_t features = 0;
    for (size_t u = 0; u < file->unit_count; u++) features |= file->units[u].module.features;
    for (unsigned f = FEATURE_BASE + 1; found.held && f < WASM_FEATURES; f++) {
        const char *word = wasm_feature_word((enum wasm_feature)f);
        if ((features >> f & 1) != 0 && !any_matches(config->allow_features, word))
            add(arena, &found, word);
    }
    return found;
}

static bool exports(struct arena *scratch, const struct wasm_file *file, const char *pattern) {
    for (size_t u = 0; u < file->unit_count; u++) {
        const struct wasm_module *module = &file->units[u].module;
        for (size_t i = 0; i < module->export_count; i++) {
            struct text text = text_begin(scratch);
            text_add_inert(&text, module->exports[i].name.bytes, module->exports[i].name.length);
            if (matches(pattern, text.data)) return true;
        }
    }
    return false;
}

struct wasm_violations wasm_missing_exports(struct arena *arena, const struct wasm_config *config,
                                            const struct wasm_file *file) {
    struct wasm_violations found = {.held = config->require_exports.count > 0};
    struct arena *scratch = arena_new();
    for (size_t i = 0; i < config->require_exports.count; i++)
        if (!exports(scratch, file, config->require_exports.items[i]))
            add(arena, &found, text_inert(arena, config->require_exports.items[i]));
    arena_free(scratch);
    keep_once(&found);
    return found;
}
