/* What the finders of `init` fill: a list of what was found, each target once. */
#include <string.h>

#include "app/init_parts.h"
#include "base/array.h"
#include "base/file.h"
#include "base/text.h"

static bool id_taken(const struct initing *init, const char *id) {
    for (size_t i = 0; i < init->count; i++)
        if (strcmp(init->found[i].id, id) == 0) return true;
    return false;
}

struct init_found *init_add(struct initing *init, const char *id, const char *target) {
    static const struct init_found none;
    const char *first = id;
    for (size_t i = 0; i < init->count; i++)
        if (strcmp(init->found[i].target, target) == 0) return NULL;
    if (init->count >= INIT_BUDGETS_MAX) return NULL;
    for (int n = 2; id_taken(init, id); n++) id = text_format(init->arena, "%s-%d", first, n);
    struct init_found *found = array_add(init->arena, init->found, init->count);
    *found = none;
    found->id = id;
    found->target = target;
    return found;
}

const char *init_read(struct initing *init, const char *name, size_t *length) {
    struct diags unheard = diags_begin(init->arena);
    const char *bytes;
    const char *path = path_join(init->arena, init->folder, name);
    return file_read(init->arena, path, INIT_BYTES_MAX, &bytes, length, &unheard) ? bytes : NULL;
}

bool init_measured(const struct initing *init, const struct init_found *found) {
    return !found->problem && (!found->executes || init->request->run);
}
