#include <math.h>

#include "base/units.h"
#include "report/html.h"
#include "report/meaning.h"
#include "report/part_words.h"
#include "report/sheet.h"
#include "report/table.h"
#include "report/waivers.h"
#include "verdict/expression.h"

enum { WORST_SHOWN = 10 };

static void add_cell(struct text *out, const char *class, const char *text) {
    text_add_format(out, "<td class=\"%s\">", class);
    html_text(out, text);
    text_add(out, "</td>");
}

static void add_row(struct text *out, const struct verdict_row *row) {
    const char *word = outcome_words[row->outcome];
    text_add_format(out, "<tr><td><b class=\"%s\">%s %s</b></td><th scope=\"row\">",
                    outcome_words[row->effect], outcome_sign(row->outcome), word);
    html_text(out, row_key(out->arena, row));
    text_add(out, "</th>");
    add_cell(out, "n", row_observed(out->arena, row));
    add_cell(out, "n", row_bound(out->arena, row));
    text_add(out, "<td class=\"g\">");
    html_gauge(out, row);
    text_add(out, "</td>");
    add_cell(out, "n", row_headroom(out->arena, row));
    add_cell(out, "", row_interval(out->arena, row));
    text_add(out, "</tr>");
}

static void add_table(struct text *out, const struct budget_verdict *verdict) {
    if (!verdict->count) return;
    text_add(out, "<table class=\"limits\"><thead><tr><th scope=\"col\">Verdict</th><th "
                  "scope=\"col\">Limit on</th>"
                  "<th scope=\"col\" class=\"n\">Found</th><th scope=\"col\" "
                  "class=\"n\">Limit</th><th scope=\"col\">"
                  "Gauge</th><th scope=\"col\" class=\"n\">Headroom</th>"
                  "<th scope=\"col\">Interval</th></tr></thead><tbody>");
    for (size_t i = 0; i < verdict->count; i++) add_row(out, &verdict->rows[i]);
    text_add(out, "</tbody></table>");
}

static void add_worst(struct text *out, const struct verdict_row *row) {
    if (row->broken < 2) return; /* the sentence names it */
    text_add(out, "<ul>");
    for (size_t i = 0; i < row->worst_count && i < WORST_SHOWN; i++) {
        const struct verdict_match *match = &row->worst[i];
        if (match->outcome == OUTCOME_PASS) continue;
        const char *value = isnan(match->observed)
                                ? outcome_words[match->outcome]
                                : unit_show(out->arena, match->observed, row->limit->unit);
        html_element(out, "li", text_format(out->arena, "%s: %s", match->label, value));
    }
    text_add(out, "</ul>");
}

static void add_place(struct text *out, struct place place) {
    html_term(out, "At", place_text(out->arena, place));
}

/* A row that is not plainly met, in words. */
static void add_finding(struct text *out, const struct verdict_row *row) {
    text_add_format(out, "<p><b class=\"%s\">%s</b> ", outcome_words[row->effect],
                    outcome_words[row->outcome]);
    html_text(out, row_sentence(out->arena, row));
    text_add(out, "</p>");
    add_worst(out, row);
    text_add(out, "<dl>");
    html_term(out, "To settle it", row->settle);
    add_place(out, row->limit->place);
    if (row->needless)
        html_term(out, "Waiver", "is not needed any more: the original limit would be met");
    text_add(out, "</dl>");
}

static void add_part(struct text *out, const struct part *part) {
    const char *note = part_note(out->arena, part);
    text_add(out, "<tr>");
    add_cell(out, "", part->limit->key);
    add_cell(out, "",
             part->before ? text_format(out->arena, "%s, before %s", part->kind, part->before)
                          : part->kind);
    add_cell(out, "",
             part->was
                 ? text_format(out->arena, "%s (was %s)", part->name, part->was)
                 : text_format(out->arena, "%s%s", part->name, part_changed(part) ? note : ""));
    add_cell(out, "n", unit_show(out->arena, part->value, part->by->unit));
    add_cell(out, "n",
             isnan(part->share) ? "" : text_format(out->arena, "%.0f %%", part->share * 100));
    add_cell(out, "n", part_changed(part) ? part_amount(out->arena, part) : "");
    text_add(out, "</tr>");
}

/* The first of each kind; the JSON report has all of them. */
static void add_parts(struct text *out, const struct report *report, size_t index) {
    struct part *parts;
    size_t count = attribution_make(out->arena, report, index, &parts), from = 0;
    if (!count) return;
    text_add(
        out,
        "<h3>What it is made of</h3><table><thead><tr><th scope=\"col\">Limit</th>"
        "<th scope=\"col\">By</th><th scope=\"col\">Name</th><th scope=\"col\" class=\"n\">Now</th>"
        "<th scope=\"col\" class=\"n\">Share</th><th scope=\"col\" "
        "class=\"n\">Change</th></tr></thead><tbody>");
    for (size_t i = 0; i < count; i++) {
        if (!part_same_kind(&parts[i], &parts[from])) from = i;
        if (i - from < ATTRIBUTION_MAX) add_part(out, &parts[i]);
    }
    text_add(out, "</tbody></table>");
}

static void add_problems(struct text *out, const struct budget_verdict *verdict,
                         const struct measurement *measurement) {
    for (size_t i = 0; measurement && i < measurement->problems.count; i++) {
        const struct diag *diag = &measurement->problems.items[i];
        if (!reason_tells(verdict, diag->message)) {
            text_add_format(out, "<p class=\"%s\">", diag->level == DIAG_ERROR ? "error" : "dim");
            html_text(out, diag->message);
            text_add(out, "</p>");
        }
        html_element(out, "p", diag->hint);
    }
}

static bool row_is_plain(const struct verdict_row *row) {
    return row->outcome == OUTCOME_PASS || row->outcome == OUTCOME_SKIPPED;
}

static void add_title(struct text *out, const struct budget_verdict *verdict, size_t index) {
    const struct budget *budget = verdict->budget;
    text_add_format(out, "<section id=\"b%zu\" aria-labelledby=\"h%zu\"><h2 id=\"h%zu\">", index,
                    index, index);
    text_add_format(out, "<span class=\"%s\">%s</span> ", outcome_words[verdict->effect],
                    outcome_sign(verdict->effect));
    html_text(out, budget->id);
    if (budget->title) {
        text_add(out, " <span class=\"dim\">");
        html_text(out, budget->title);
        text_add(out, "</span>");
    }
    text_add(out, "</h2><p class=\"dim\">");
    const char *kind = budget->probe ? budget->probe->name : budget->of ? "of" : "derive";
    const char *target = budget->of ? budget->of : budget->target_text;
    html_text(out, text_format(out->arena, "%s %s", kind, target ? target : ""));
    text_add(out, "</p>");
}

void html_budget(struct text *out, const struct report *report, size_t index) {
    const struct budget_verdict *verdict = &report->verdicts->budgets[index];
    const struct budget *budget = verdict->budget;
    bool broken = false;
    add_title(out, verdict, index);
    add_table(out, verdict);
    for (size_t i = 0; i < verdict->count; i++) {
        if (row_is_plain(&verdict->rows[i])) continue;
        add_finding(out, &verdict->rows[i]);
        broken = true;
    }
    if (broken) add_parts(out, report, index);
    if (broken) html_estimates(out, report, index);
    add_problems(out, verdict, report->evidence[verdict_source(report->set, index)].measurement);
    text_add(out, "<dl>");
    html_term(out, "Why", budget->why);
    html_term(out, "Fix", budget->fix);
    html_term(out, "Owner", budget->owner);
    html_term(out, "Waiver", waiver_text(out->arena, verdict));
    text_add(out, "</dl>");
    html_tiles(out, report, index);
    html_plots(out, report, index);
    text_add(out, "</section>\n");
}
