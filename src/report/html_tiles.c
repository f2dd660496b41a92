#include "base/treemap.h"
#include "base/units.h"
#include "report/html.h"
#include "report/series.h"
#include "report/sheet.h"

enum {
    TILES_WIDTH = 640,
    TILES_HEIGHT = 240,
    TILES_SHOWN = 60,
    MAPS_SHOWN = 3,
    LETTER = 7,
    LINE = 14
};

/* Sizes that add up: their labels are parts of one whole. */
static bool metric_has_tiles(const struct probe_metric *metric) {
    return metric->nature == PROBE_EXACT && metric->unit == PROBE_BYTES &&
           metric->fold == PROBE_FOLD_SUM && metric_dimensions(metric) > 0;
}

static void add_tile(struct text *out, const struct tile *tile, const char *name,
                     const char *value) {
    text_add_format(out, "<g><title>");
    html_text(out, text_format(out->arena, "%s: %s", name, value));
    text_add_format(out,
                    "</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                    "fill=\"var(--tile)\" stroke=\"var(--card)\"/>",
                    tile->x, tile->y, tile->width, tile->height);
    size_t letters = tile->width > 2 * LETTER ? (size_t)(tile->width / LETTER) - 1 : 0;
    if (letters >= 4 && tile->height >= LINE) {
        const char *shown = sheet_shorten(out->arena, name, (int)letters);
        text_add_format(out, "<text x=\"%.1f\" y=\"%.1f\">", tile->x + 4, tile->y + LINE - 2);
        html_text(out, shown);
        text_add(out, "</text>");
    }
    text_add(out, "</g>");
}

static void add_table(struct text *out, const struct probe_metric *metric,
                      const struct ranked *ranked, size_t count) {
    text_add(out, "<details><summary>As a table</summary><table><tbody>");
    for (size_t i = 0; i < count && i < TILES_SHOWN; i++) {
        text_add(out, "<tr><td>");
        html_text(out, ranked[i].series->labels[0]);
        text_add_format(out, "</td><td class=\"n\">%s</td></tr>",
                        unit_show(out->arena, ranked[i].value, metric->unit));
    }
    text_add(out, "</tbody></table>");
    if (count > TILES_SHOWN) text_add_format(out, "<p>and %zu smaller</p>", count - TILES_SHOWN);
    text_add(out, "</details>");
}

static void add_metric(struct text *out, const struct probe_metric *metric,
                       const struct ranked *ranked, size_t count) {
    double *sizes = arena_alloc(out->arena, (count + 1) * sizeof *sizes), total = 0;
    for (size_t i = 0; i < count; i++) {
        sizes[i] = ranked[i].value > 0 ? ranked[i].value : 0;
        total += sizes[i];
    }
    struct tile area = {0, 0, TILES_WIDTH, TILES_HEIGHT};
    struct tile *tiles = treemap_lay_out(out->arena, sizes, count, total, area);
    text_add(out, "<h3>");
    html_text(out, metric->name);
    text_add_format(
        out,
        "</h3><figure><svg role=\"img\" aria-label=\"Treemap; the table below holds the "
        "same\" viewBox=\"0 0 %d %d\" font-size=\"12\" fill=\"var(--ink)\">",
        TILES_WIDTH, TILES_HEIGHT);
    for (size_t i = 0; i < count && i < TILES_SHOWN; i++)
        if (tiles[i].width * tiles[i].height >= 4)
            add_tile(out, &tiles[i], text_inert(out->arena, ranked[i].series->labels[0]),
                     unit_show(out->arena, ranked[i].value, metric->unit));
    text_add(out, "</svg></figure>");
    add_table(out, metric, ranked, count);
}

/* The labels of its first dimension, folded over the others, largest first. */
static size_t rank(struct text *out, const struct measurement *measurement, uint32_t number,
                   struct ranked **ranked) {
    const struct probe_metric *metric = measurement->metrics->items[number];
    struct series *found = NULL;
    size_t count = 0;
    measurement_select(out->arena, measurement, number, 1, &found, &count);
    *ranked = arena_alloc(out->arena, (count + 1) * sizeof **ranked);
    for (size_t i = 0; i < count; i++)
        (*ranked)[i] = (struct ranked){&found[i], series_value(metric, &found[i], NULL)};
    ranked_sort(*ranked, count);
    return count;
}

void html_tiles(struct text *out, const struct report *report, size_t index) {
    const struct measurement *measurement = report->evidence[index].measurement;
    size_t shown = 0;
    if (!measurement || measurement->missing) return;
    for (size_t i = 0; i < measurement->count && shown < MAPS_SHOWN; i++) {
        uint32_t number = measurement->series[i].metric;
        bool first = i == 0 || measurement->series[i - 1].metric != number;
        if (!first || !metric_has_tiles(measurement->metrics->items[number])) continue;
        struct ranked *ranked;
        size_t count = rank(out, measurement, number, &ranked);
        if (count < 2) continue;
        add_metric(out, measurement->metrics->items[number], ranked, count);
        shown++;
    }
}
