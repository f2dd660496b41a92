/* What the stages of loading look up: by a place, by a name. */
#include <string.h>

#include "budget/loading_servers.h"

const struct source *source_of(const struct loading *l, struct place place) {
    for (size_t i = 0; i < l->source_count; i++)
        if (l->sources[i].name == place.file || text_equal(l->sources[i].name, place.file))
            return &l->sources[i];
    return &l->sources[0];
}

struct field_context field_context_of(const struct loading *l, struct place place,
                                      struct diags *diags) {
    return (struct field_context){
        .arena = l->arena, .kilobyte = source_of(l, place)->kilobyte, .diags = diags};
}

const struct yaml_node *profile_of(const struct source *source, const char *name) {
    return source->root ? map_get(map_get(source->tree, "profiles"), name) : NULL;
}

bool profile_active(const struct loading *l, const char *name) {
    for (size_t i = 0; i < l->request->profiles.count; i++)
        if (strcmp(l->request->profiles.items[i], name) == 0) return true;
    return false;
}

size_t server_number(struct loading *l, const char *name) {
    size_t i = 0;
    while (i < l->set->server_count && strcmp(l->set->servers[i].name, name) != 0) i++;
    return i < l->set->server_count ? i : SERVER_NONE;
}

const char *server_hint(struct loading *l, const char *name) {
    const char **names = arena_alloc(l->arena, (l->set->server_count + 1) * sizeof *names);
    for (size_t i = 0; i < l->set->server_count; i++) names[i] = l->set->servers[i].name;
    const char *near = hint_nearest(l->arena, name, names, l->set->server_count);
    return near ? near : "declare it below `servers:` of the file named to perfbudget";
}
