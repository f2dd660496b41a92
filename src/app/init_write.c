#include <math.h>
#include <string.h>

#include "app/init_parts.h"
#include "base/file.h"
#include "base/quote.h"
#include "base/text.h"
#include "base/units.h"

static const char *const probing_bound = "1000GB"; /* more than a probe reads */

const char *init_bound(struct arena *arena, double bytes) {
    static const struct {
        const char *word;
        double scale;
    } units[] = {{"B", 1}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}};
    double bound = bytes * 1.2, step = fmax(1, pow(10, floor(log10(bound)) - 1));
    /* what is a whole number of steps but for the last bits is one */
    bound = ceil(bound / step * (1 - 1e-12)) * step;
    size_t unit = 3;
    while (unit > 0 && bound < units[unit].scale) unit--;
    double value = bound / units[unit].scale;
    const char *text = text_format(arena, "%.1f", value);
    if (text_ends(text, ".0")) text = text_format(arena, "%.0f", value);
    return text_format(arena, "%s%s", text, units[unit].word);
}

static void add_budget(struct text *out, const struct init_found *found, bool probing) {
    struct arena *arena = out->arena;
    text_add_format(out, "\n  %s:\n", found->id);
    text_add_format(out, "    why: 'TODO: say who notices when this grows: %s'\n", found->what);
    text_add_format(out, "    %s: %s\n    limits:\n", found->probe,
                    quote_yaml(arena, found->target, strlen(found->target)));
    for (size_t m = 0; m < INIT_METRICS_MAX && found->metrics[m]; m++) {
        text_add_format(out, "      %s: ", found->metrics[m]);
        if (probing)
            text_add_format(out, "%s\n", probing_bound);
        else
            text_add_format(out, "%s # measured %s\n", init_bound(arena, found->measured[m]),
                            unit_show(arena, found->measured[m], PROBE_BYTES));
    }
}

static const char *directory_of(struct initing *init) {
    const char *folder = path_directory(init->arena, init->file);
    const char *relative = path_relative(init->arena, folder, init->folder);
    return *relative && strcmp(relative, ".") != 0 ? relative : NULL;
}

const char *init_yaml(struct initing *init, bool probing) {
    struct text out = text_begin(init->arena);
    const char *directory = directory_of(init);
    text_add(&out, "# Made by `perfbudget init`. Limits are what was measured plus 20 %, rounded "
                   "up.\n"
                   "# Say in each `why` who notices; tighten with `perfbudget ratchet`; what keys "
                   "mean: `perfbudget explain KEY`.\n"
                   "version: 1\n");
    if (directory) {
        struct text escaped = text_begin(init->arena);
        for (const char *c = directory; *c; c++) {
            if (c[0] == '$' && c[1] == '{') text_add_char(&escaped, '$');
            text_add_char(&escaped, *c);
        }
        text_add_format(&out, "directory: %s\n",
                        quote_yaml(init->arena, escaped.data, escaped.length));
    }
    text_add(&out, "budgets:");
    for (size_t i = 0; i < init->count; i++)
        if (!init->found[i].problem) add_budget(&out, &init->found[i], probing);
    return out.data;
}

const char *init_text(struct initing *init) {
    struct arena *arena = init->arena;
    struct text out = text_begin(arena);
    for (size_t i = 0; i < init->count; i++) {
        const struct init_found *found = &init->found[i];
        if (found->problem) {
            text_add_format(&out, "left out: %s: %s\n", text_inert(arena, found->target),
                            text_inert(arena, found->problem));
            continue;
        }
        text_add_format(&out, "%s: %s, %s\n", found->id, found->what, found->target);
        for (size_t m = 0; m < INIT_METRICS_MAX && found->metrics[m]; m++)
            text_add_format(&out, "  %s at most %s, measured %s\n", found->metrics[m],
                            init_bound(arena, found->measured[m]),
                            unit_show(arena, found->measured[m], PROBE_BYTES));
    }
    text_add_format(
        &out, "wrote %s; say why each budget exists, then run `perfbudget check`\n",
        text_inert(arena, path_relative(arena, init->request->budget.directory, init->file)));
    return out.data;
}
