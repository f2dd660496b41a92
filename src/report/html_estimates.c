#include <math.h>

#include "base/units.h"
#include "report/estimates.h"
#include "report/html.h"

static void add_cell(struct text *out, const char *kind, const char *text) {
    text_add_format(out, "<td%s>", *kind ? " class=\"n\"" : "");
    html_text(out, text);
    text_add(out, "</td>");
}

static const char *bytes_text(struct arena *arena, double bytes) {
    return text_format(arena, "%s%s", bytes < 0 ? "-" : "",
                       unit_show(arena, fabs(bytes), PROBE_BYTES));
}

static void add_part(struct text *out, const struct estimated_part *part) {
    double change = part->value - part->baseline;
    const char *note = part->raw_baseline == 0 ? " (new)" : part->raw_value == 0 ? " (gone)" : "";
    text_add(out, "<tr>");
    add_cell(out, "", part->kind);
    add_cell(out, "", text_format(out->arena, "%s%s", part->name, note));
    add_cell(out, "n", bytes_text(out->arena, part->value));
    add_cell(
        out, "n",
        text_format(out->arena, "%s%s", change < 0 ? "" : "+", bytes_text(out->arena, change)));
    text_add(out, "</tr>");
}

static void add_estimate(struct text *out, const struct size_estimate *estimate) {
    text_add(out, "<h3>What ");
    html_text(out, estimate->metric);
    text_add(out, " grew by</h3>");
    if (estimate->count > 0)
        text_add(out, "<table><thead><tr><th scope=\"col\">By</th><th scope=\"col\">Name</th>"
                      "<th scope=\"col\" class=\"n\">Now</th><th scope=\"col\" "
                      "class=\"n\">Change</th></tr></thead><tbody>");
    for (size_t i = 0; i < estimate->count; i++) add_part(out, &estimate->parts[i]);
    if (estimate->count > 0) text_add(out, "</tbody></table>");
    html_element(out, "p", estimate_note(out->arena, estimate));
}

void html_estimates(struct text *out, const struct report *report, size_t index) {
    for (size_t row = 0; row < report->verdicts->budgets[index].count; row++) {
        const struct size_estimate *estimate = estimate_of(report, index, row);
        if (estimate) add_estimate(out, estimate);
    }
}
