#include <dlfcn.h>

#include "base/text.h"
#include "probe/plugin.h"
#include "probe/registry.h"

static const struct probe *refuse(void *handle, const char *origin, struct diags *diags,
                                  const char *problem) {
    diag_error(diags, PLUGIN_FILE, (struct place){.file = origin}, NULL, "%s", problem);
    if (handle) dlclose(handle);
    return NULL;
}

const struct probe *plugin_shared_load(const char *path, const char *origin, void **handle,
                                       struct diags *diags) {
    *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!*handle) {
        const char *why = dlerror();
        return refuse(NULL, origin, diags,
                      text_format(diags->arena, "the shared object cannot be loaded: %s",
                                  why ? why : "no reason given"));
    }
    const struct probe *const *exported =
        (const struct probe *const *)dlsym(*handle, PROBE_EXPORT_NAME);
    if (!exported || !*exported)
        return refuse(*handle, origin, diags,
                      "the shared object does not export `" PROBE_EXPORT_NAME "`");
    /* of another version, nothing but `abi` may be read */
    if (probe_conforms(*exported, origin, diags)) return *exported;
    dlclose(*handle);
    return NULL;
}
