#include <string.h>

#include "base/text.h"
#include "probes/extract.h"

bool extract_pointer_valid(const char *pointer) {
    if (*pointer && *pointer != '/') return false;
    for (; *pointer; pointer++)
        if (*pointer == '~' && pointer[1] != '0' && pointer[1] != '1') return false;
    return true;
}

struct extract_walk extract_walk_begin(struct arena *arena, const json *document,
                                       const char *pointer) {
    struct extract_walk walk = {.each = text_ends(pointer, "/*")};
    if (walk.each) pointer = text_copy_bytes(arena, pointer, strlen(pointer) - 2);
    const json *at = json_at(document, pointer);
    walk.found = at && (!walk.each || json_is_list(at));
    if (walk.found) walk.next = walk.each ? json_first(at) : at;
    return walk;
}

const json *extract_walk_next(struct extract_walk *walk) {
    const json *value = walk->next;
    if (value) walk->next = walk->each ? json_next(value) : NULL;
    return value;
}
