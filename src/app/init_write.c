#include <math.h>
#include <string.h>

#include "app/init_parts.h"
#include "base/array.h"
#include "base/file.h"
#include "base/quote.h"
#include "base/text.h"
#include "base/units.h"

static const double share = 1.2,
                    loud_share = 2; /* of bytes and times; of times on a loud machine */
static const double hiccup = 0.005; /* seconds: what a busy machine takes at any time */

static const struct scale {
    const char *word;
    double value;
} bytes[] = {{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}},
  seconds[] = {{"min", 60}, {"s", 1}, {"ms", 1e-3}};

const char *init_bound(struct arena *arena, double measured, enum probe_unit unit, bool loud) {
    bool time = unit == PROBE_SECONDS;
    const struct scale *scales = time ? seconds : bytes;
    size_t last = (time ? array_length(seconds) : array_length(bytes)) - 1, i = 0;
    double bound = measured * (time && loud ? loud_share : share);
    if (time) bound = fmax(bound, measured + hiccup);
    while (i < last && bound < scales[i].value) i++;
    double value = bound / scales[i].value, step = pow(10, floor(log10(value)) - 1);
    if (!time && scales[i].value == 1) step = fmax(step, 1);
    /* what is a whole number of steps but for the last bits is one */
    value = ceil(value / step * (1 - 1e-12)) * step;
    const char *text = text_format(arena, "%.1f", value);
    if (text_ends(text, ".0")) text = text_format(arena, "%.0f", value);
    return text_format(arena, "%s%s", text, scales[i].word);
}

/* What nothing that a probe measures reaches. */
static const char *unreached(enum probe_unit unit) {
    return unit == PROBE_SECONDS ? "100h" : "1000GB";
}

static const char *scalar(struct arena *arena, const char *text) {
    struct text escaped = text_begin(arena);
    for (const char *c = text; *c; c++) {
        if (c[0] == '$' && c[1] == '{') text_add_char(&escaped, '$');
        text_add_char(&escaped, *c);
    }
    return quote_yaml_value(arena, escaped.data);
}

static const char *bound_of(const struct initing *init, const struct init_limit *limit) {
    return init_bound(init->arena, limit->measured, limit->unit, init->loud);
}

static void add_limit(struct text *out, const struct initing *init, const struct init_limit *limit,
                      enum init_stage stage) {
    struct arena *arena = out->arena;
    text_add_format(out, "      %s: ", limit->key);
    if (limit->fixed)
        text_add_format(out, "%s\n", limit->fixed);
    else if (stage == INIT_FINAL)
        text_add_format(out, "%s # measured %s\n", bound_of(init, limit),
                        unit_show(arena, limit->measured, limit->unit));
    else
        text_add_format(out, "%s\n", unreached(limit->unit));
}

static const char *why_of(struct arena *arena, const struct init_found *found) {
    return scalar(arena, text_format(arena, "TODO: say who %s: %s",
                                     found->noisy ? "waits for this" : "notices when this grows",
                                     found->what));
}

static const char *trial_of(struct arena *arena, const struct init_found *found) {
    if (strcmp(found->probe, "http") == 0) return init_service_trial;
    return text_format(arena, "%s    runs: 2\n    time_limit: 1h\n",
                       found->options ? found->options : "");
}

static void add_budget(struct text *out, const struct initing *init, const struct init_found *found,
                       enum init_stage stage) {
    struct arena *arena = out->arena;
    const char *options = stage == INIT_TRIAL ? trial_of(arena, found) : found->options;
    text_add_format(out, "\n  %s:\n    why: %s\n    %s: %s\n%s    limits:\n", found->id,
                    why_of(arena, found), found->probe, scalar(arena, found->target),
                    options ? options : "");
    for (size_t m = 0; m < INIT_LIMITS_MAX && found->limits[m].key; m++)
        add_limit(out, init, &found->limits[m], stage);
}

/* What was not run, so that it is at hand; `TODO` is no limit, and nobody takes it for one. */
static void add_unasked(struct text *out, const struct initing *init) {
    bool any = false;
    for (size_t i = 0; i < init->count; i++) {
        const struct init_found *found = &init->found[i];
        if (found->problem || init_measured(init, found)) continue;
        if (!any)
            text_add(out, "\n  # Not run, so not measured; `perfbudget init --run` does, and sets "
                          "limits:\n");
        any = true;
        text_add_format(out,
                        "  # %s:\n  #   why: %s\n  #   %s: %s\n"
                        "  #   limits: {wall.p95: TODO, peak_rss.max: TODO}\n",
                        found->id, why_of(out->arena, found), found->probe,
                        scalar(out->arena, found->target));
    }
}

static const char *directory_of(struct initing *init) {
    const char *folder = path_directory(init->arena, init->file);
    const char *relative = path_relative(init->arena, folder, init->folder);
    return *relative && strcmp(relative, ".") != 0 ? relative : NULL;
}

static bool any_noisy(const struct initing *init) {
    for (size_t i = 0; i < init->count; i++)
        if (init->found[i].noisy && init_measured(init, &init->found[i])) return true;
    return false;
}

const char *init_yaml(struct initing *init, enum init_stage stage) {
    struct text out = text_begin(init->arena);
    const char *directory = directory_of(init);
    text_add(&out, "# Made by `perfbudget init`. Limits are what was measured plus 20 %, rounded "
                   "up.\n");
    if (init->loud && any_noisy(init))
        text_add(&out, "# Limits on times are twice what was measured, as the machine was loud.\n");
    text_add(&out, "# Say in each `why` who notices; tighten with `perfbudget ratchet`; what keys "
                   "mean: `perfbudget explain KEY`.\n"
                   "version: 1\n");
    if (directory) text_add_format(&out, "directory: %s\n", scalar(init->arena, directory));
    text_add(&out, "budgets:");
    for (size_t i = 0; i < init->count; i++)
        if (init_measured(init, &init->found[i]) && (stage != INIT_TRIAL || init->found[i].tried))
            add_budget(&out, init, &init->found[i], stage);
    if (stage == INIT_FINAL) add_unasked(&out, init);
    return out.data;
}

static void add_told(struct text *out, const struct initing *init, const struct init_found *found) {
    struct arena *arena = out->arena;
    text_add_format(out, "%s: %s, %s\n", found->id, found->what, text_inert(arena, found->target));
    for (size_t m = 0; m < INIT_LIMITS_MAX && found->limits[m].key; m++) {
        const struct init_limit *limit = &found->limits[m];
        if (limit->fixed)
            text_add_format(out, "  %s at most %s\n", limit->key, limit->fixed);
        else
            text_add_format(out, "  %s at most %s, measured %s\n", limit->key,
                            bound_of(init, limit), unit_show(arena, limit->measured, limit->unit));
    }
}

const char *init_text(struct initing *init) {
    struct arena *arena = init->arena;
    struct text out = text_begin(arena);
    for (size_t i = 0; i < init->count; i++) {
        const struct init_found *found = &init->found[i];
        if (found->problem)
            text_add_format(&out, "left out: %s: %s\n", text_inert(arena, found->target),
                            text_inert(arena, found->problem));
        else if (init_measured(init, found))
            add_told(&out, init, found);
        else
            text_add_format(&out, "not run: %s; --run measures %s\n",
                            text_inert(arena, found->target), found->what);
    }
    if (init->loudness && any_noisy(init))
        text_add_format(&out,
                        "The machine was loud: %s. %snce it is quiet, times will be shorter: "
                        "tighten with `perfbudget ratchet`.\n",
                        init->loudness,
                        init->loud ? "Limits on times are twice what was measured; o" : "O");
    text_add_format(
        &out, "wrote %s; say why each budget exists, then run `perfbudget check`\n",
        text_inert(arena, path_relative(arena, init->request->budget.directory, init->file)));
    return out.data;
}
