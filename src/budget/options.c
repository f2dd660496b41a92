#include "base/hash.h"
#include "base/text.h"
#include "budget/loading.h"
#include "schema/bind.h"

/* Fallbacks alone, where no option is required; else NULL. */
static const void *options_unwritten(struct arena *arena, const struct probe *probe) {
    struct diags unheard = diags_begin(arena);
    struct field_context context = {arena, 1000, &unheard};
    void *config = arena_alloc(arena, probe->config_size);
    bool good = bind_map(&context, probe->options, probe->option_count, probe->option_size, NULL,
                         NO_PLACE, config);
    return good ? config : NULL;
}

const char *options_fingerprint(struct arena *arena, const struct budget *budget) {
    const struct probe *probe = budget->probe;
    struct arena *scratch = arena_new();
    struct text text = text_begin(scratch);
    const void *unwritten = options_unwritten(scratch, probe);
    for (size_t i = 0; i < probe->option_count; i++) {
        const struct probe_option *row = field_row(probe->options, probe->option_size, i);
        if (unwritten && field_equal(row, budget->config, unwritten)) continue;
        const char *shown = field_show(scratch, row, budget->config);
        if (shown) text_add_format(&text, "%s: %s\n", row->name, shown);
    }
    struct hash128 hash = hash128_of(text.data, text.length);
    arena_free(scratch);
    return text_format(arena, "%016llx%016llx", (unsigned long long)hash.high,
                       (unsigned long long)hash.low);
}

bool options_alike(const struct budget *a, const struct budget *b) {
    return !a->options || !b->options || text_equal(a->options, b->options);
}
