#include "app/describe.h"
#include "base/array.h"
#include "schema/field.h"

/* All options found so far. */
struct walk {
    struct arena *arena;
    struct described_option *items;
    size_t count;
};

/* Depth is bounded: probe_conforms refuses records that lie deeper than PROBE_RECORD_DEPTH. */
static void walk_rows(struct walk *walk, const struct probe_record_table *table, const char *where,
                      unsigned depth) {
    for (size_t i = 0; i < table->option_count; i++) {
        const struct probe_option *row = field_row(table->options, table->option_size, i);
        const char *path = text_format(walk->arena, "%s%s%s", where, *where ? "." : "", row->name);
        *array_add(walk->arena, walk->items, walk->count) =
            (struct described_option){row, path, where, depth};
        if (row->type != PROBE_RECORDS) continue;
        bool named = row->records->form == PROBE_FORM_NAMED;
        walk_rows(walk, row->records, named ? text_format(walk->arena, "%s.NAME", path) : path,
                  depth + 1);
    }
}

const struct described_option *describe_options(struct arena *arena, const struct probe *probe,
                                                size_t *count) {
    struct walk walk = {.arena = arena};
    const struct probe_record_table table = {
        .options = probe->options,
        .option_count = probe->option_count,
        .option_size = probe->option_size,
    };
    walk_rows(&walk, &table, "", 0);
    *count = walk.count;
    return walk.items;
}
