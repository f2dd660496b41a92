#include "probe/registry.h"

#include <dlfcn.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "probe/builtin.h"
#include "probe/plugin.h"

static void registry_put(struct registry *registry, const struct probe *probe, const char *origin) {
    size_t count = registry->count;
    *array_add(registry->arena, registry->origins, count) = origin;
    *array_add(registry->arena, registry->probes, registry->count) = probe;
}

void registry_init(struct registry *registry, struct arena *arena) {
    *registry = (struct registry){.arena = arena};
    size_t count;
    const struct probe *const *probes = builtin_probes(&count);
    for (size_t i = 0; i < count; i++) registry_put(registry, probes[i], NULL);
}

void registry_release(struct registry *registry) {
    for (size_t i = 0; i < registry->handle_count; i++) dlclose(registry->handles[i]);
    *registry = (struct registry){.arena = registry->arena};
}

const struct probe *registry_find(const struct registry *registry, const char *name) {
    for (size_t i = 0; i < registry->count; i++)
        if (strcmp(registry->probes[i]->name, name) == 0) return registry->probes[i];
    return NULL;
}

const char *const *registry_names(const struct registry *registry, struct arena *arena) {
    const char **names = arena_alloc(arena, (registry->count + 1) * sizeof *names);
    for (size_t i = 0; i < registry->count; i++) names[i] = registry->probes[i]->name;
    return names;
}

static bool name_free(const struct registry *registry, const char *name, const char *path,
                      struct diags *diags) {
    for (size_t i = 0; i < registry->count; i++)
        if (strcmp(registry->probes[i]->name, name) == 0)
            return diag_error(diags, PLUGIN_TAKEN, (struct place){.file = path}, NULL,
                              "the name `%s` is taken by %s", name,
                              registry->origins[i] ? text_format(diags->arena, "the plugin `%s`",
                                                                 registry->origins[i])
                                                   : "a built-in probe");
    return true;
}

bool registry_add_plugin(struct registry *registry, const char *path, struct diags *diags) {
    const char *resolved;
    enum plugin_kind kind;
    if (!plugin_file_check(path, &resolved, &kind, diags)) return false;
    void *handle = NULL;
    const struct probe *probe = kind == PLUGIN_SHARED
                                    ? plugin_shared_load(resolved, path, &handle, diags)
                                    : plugin_exec_load(registry->arena, resolved, path, diags);
    if (!probe) return false;
    if (!name_free(registry, probe->name, path, diags)) {
        if (handle) dlclose(handle);
        return false;
    }
    if (handle) *array_add(registry->arena, registry->handles, registry->handle_count) = handle;
    registry_put(registry, probe, text_copy(registry->arena, path));
    return true;
}

bool probe_is_foreign(const struct probe *probe) {
    size_t count;
    const struct probe *const *probes = builtin_probes(&count);
    for (size_t i = 0; i < count; i++)
        if (probes[i] == probe) return false;
    return !plugin_exec_is(probe);
}
