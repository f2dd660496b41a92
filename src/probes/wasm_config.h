/** What `with:` says of the wasm probe, and the lists it holds modules to. */
#ifndef PROBES_WASM_CONFIG_H
#define PROBES_WASM_CONFIG_H

#include "probes/size_config.h"
#include "wasm/file.h"

struct wasm_config {
    struct size_config size; /**< first: the shared code reads the config as one */
    const char *symbols;     /**< an unstripped twin, or NULL */
    struct probe_texts allow_imports, deny_imports, allow_features, require_exports;
};

/** One list that a metric counts the violations of. */
struct wasm_violations {
    bool held; /**< whether the budget names the list at all */
    const char **names;
    size_t count;
};

/** Imports of modules, as `module.field`, that deny_imports names or allow_imports leaves out;
 * features used that allow_features leaves out; patterns of require_exports that no export matches.
 * In patterns * and ? match. Texts live in `arena`; each name once. */
struct wasm_violations wasm_denied_imports(struct arena *arena, const struct wasm_config *config,
                                           const struct wasm_file *file);
struct wasm_violations wasm_denied_features(struct arena *arena, const struct wasm_config *config,
                                            const struct wasm_file *file);
struct wasm_violations wasm_missing_exports(struct arena *arena, const struct wasm_config *config,
                                            const struct wasm_file *file);

#endif
