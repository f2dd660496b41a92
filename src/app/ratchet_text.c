#include <string.h>

#include "app/ratchet.h"
#include "base/text.h"

/* The line a byte stands in, without its end. */
static const char *line_at(struct arena *arena, const char *bytes, size_t length, size_t offset,
                           size_t *start) {
    *start = offset;
    while (*start > 0 && bytes[*start - 1] != '\n') --*start;
    size_t end = offset;
    while (end < length && bytes[end] != '\n') end++;
    return text_copy_bytes(arena, bytes + *start, end - *start);
}

/* Lines that change, each with all of its steps. */
static void add_lines(struct text *out, const struct ratchet *ratchet) {
    size_t before = (size_t)-1;
    ptrdiff_t moved = 0; /* how far the edited file is ahead */
    for (size_t i = 0; i < ratchet->count; i++) {
        const struct ratchet_step *step = &ratchet->steps[i];
        size_t start, ignored;
        const char *old =
            line_at(out->arena, ratchet->bytes, ratchet->length, step->offset, &start);
        const char *new = line_at(out->arena, ratchet->edited, strlen(ratchet->edited),
                                  (size_t)((ptrdiff_t)step->offset + moved), &ignored);
        moved += (ptrdiff_t)strlen(step->after) - (ptrdiff_t)step->length;
        if (start != before)
            text_add_format(out, "@@ line %d @@\n-%s\n+%s\n", step->place.line,
                            text_inert(out->arena, old), text_inert(out->arena, new));
        before = start;
    }
}

const char *ratchet_text(struct arena *arena, const struct ratchet *ratchet, bool dry_run) {
    struct text out = text_begin(arena);
    if (!ratchet->count) return "no limit has been met with room to spare\n";
    if (dry_run) add_lines(&out, ratchet);
    for (size_t i = 0; i < ratchet->count && !dry_run; i++) {
        const struct ratchet_step *step = &ratchet->steps[i];
        text_add_format(&out, "line %d: %s %s: %s → %s\n", step->place.line, step->id,
                        text_inert(arena, step->what), step->before, step->after);
    }
    if (!dry_run)
        text_add_format(&out, "%zu limit%s tightened\n", ratchet->count,
                        ratchet->count == 1 ? "" : "s");
    return out.data;
}
