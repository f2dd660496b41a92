/* One page that needs nothing besides itself: no script, no picture, no network. */
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "report/formats.h"
#include "report/html.h"
#include "report/items.h"
#include "report/machine.h"
#include "report/meaning.h"
#include "report/sheet.h"

enum { NAVIGATION_FROM = 5 }; /* budgets */

/* Says what is wrong first: the title of the window and the first heading. */
static const char *headline(struct arena *arena, const struct report *report) {
    const char *project = report->set->project ? report->set->project : "perfbudget";
    return text_format(arena, "%s: %s", project, outcome_words[report->verdicts->effect]);
}

static void add_head(struct text *out, const struct report *report) {
    text_add(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'unsafe-inline'\"><meta name=\"viewport\" "
                  "content=\"width=device-width,initial-scale=1\">");
    html_element(out, "title", headline(out->arena, report));
    text_add_format(out, "<style>%s</style></head>\n<body><main>\n", html_style);
}

static void add_summary(struct text *out, const struct report *report) {
    enum outcome effect = report->verdicts->effect;
    text_add_format(out, "<header><h1><span class=\"%s\">%s</span> ", outcome_words[effect],
                    outcome_sign(effect));
    html_text(out, headline(out->arena, report));
    text_add(out, "</h1><p>");
    html_text(out, text_format(out->arena, "%s; exit code %d; %s",
                               report_counts(out->arena, report), report->exit_code,
                               unit_show(out->arena, report->duration, PROBE_SECONDS)));
    text_add(out, "</p><p class=\"dim\">");
    html_text(out, report->started_at);
    if (report->environment.revision) {
        text_add(out, ", revision ");
        html_text(out, report->environment.revision);
    }
    if (report->against) {
        text_add(out, ", compared with ");
        html_text(out, report->against->name);
    }
    text_add(out, "</p>");
    const char *trouble = report_trouble(out->arena, report);
    if (trouble) {
        text_add(out, "<p class=\"error\">");
        html_text(out, trouble);
        text_add(out, "</p>");
    }
    const char *loudness = report_loudness(out->arena, report);
    if (loudness) html_element(out, "p", loudness);
    text_add(out, "</header>\n");
}

static bool budget_is_shown(const struct budget_verdict *verdict) {
    return verdict->budget->selected || verdict->budget->leaned_on;
}

/* Calls back for each budget that took part, the gravest first. */
static void each_budget(struct text *out, const struct report *report,
                        void (*add)(struct text *, const struct report *, size_t)) {
    for (int gravity = OUTCOME_COUNT - 1; gravity >= 0; gravity--)
        for (size_t i = 0; i < report->set->count; i++)
            if ((int)report->verdicts->budgets[i].effect == gravity &&
                budget_is_shown(&report->verdicts->budgets[i]))
                add(out, report, i);
}

static void add_link(struct text *out, const struct report *report, size_t index) {
    const struct budget_verdict *verdict = &report->verdicts->budgets[index];
    text_add_format(out, "<li><a href=\"#b%zu\"><span class=\"%s\">%s</span> ", index,
                    outcome_words[verdict->effect], outcome_sign(verdict->effect));
    html_text(out, verdict->budget->id);
    text_add(out, "</a></li>");
}

static void add_navigation(struct text *out, const struct report *report) {
    if (report->set->count < NAVIGATION_FROM) return;
    text_add(out, "<nav aria-label=\"Budgets\"><ul>");
    each_budget(out, report, add_link);
    text_add(out, "</ul></nav>\n");
}

static void add_skipped(struct text *out, const struct report *report) {
    bool any = false;
    for (size_t i = 0; i < report->set->count; i++) {
        const struct budget *budget = &report->set->budgets[i];
        if (budget_is_shown(&report->verdicts->budgets[i])) continue;
        if (!any) text_add(out, "<section><h2>Skipped</h2><ul>");
        any = true;
        html_element(out, "li",
                     text_format(out->arena, "%s: %s", budget->id,
                                 budget->skipped ? budget->skipped : "not selected"));
    }
    if (any) text_add(out, "</ul></section>\n");
}

static void add_machine(struct text *out, const struct environment *machine) {
    struct arena *arena = out->arena;
    html_term(out, "Host", machine->host);
    html_term(out, "System", machine->os);
    html_term(out, "Kernel", machine->kernel);
    html_term(out, "Processor",
              text_format(arena, "%s, %d cores", machine->cpu ? machine->cpu : "unknown",
                          machine->cores));
    if (!isnan(machine->memory))
        html_term(out, "Memory", unit_show(arena, machine->memory, PROBE_BYTES));
    html_term(out, "Load", machine_load(arena, machine));
    html_term(out, "Stalled", machine_stalled(arena, machine));
    if (!isnan(machine->spawn))
        html_term(
            out, "A bare process",
            text_format(arena, "%s to start", unit_show(arena, machine->spawn, PROBE_SECONDS)));
}

static void add_environment(struct text *out, const struct report *report) {
    const struct environment *machine = &report->environment;
    struct text libraries = text_begin(out->arena);
    const struct library_version *row = machine->libraries;
    for (; row && row->name; row++)
        text_add_format(&libraries, "%s%s %s", libraries.length ? ", " : "", row->name,
                        row->version);
    text_add(out, "<section><h2>Environment</h2><dl>");
    html_term(out, "perfbudget", machine->tool);
    html_term(out, "With", libraries.data);
    add_machine(out, machine);
    html_term(out, "Fingerprint", machine->fingerprint);
    html_term(out, "Branch", machine->branch);
    html_term(out, "CI", machine->ci);
    for (size_t i = 0; i < report->set->file_count; i++)
        html_term(out, "Budget file", report->set->files[i].path);
    text_add(out, "</dl></section>\n");
}

const char *report_html(struct arena *arena, const struct report *report,
                        const struct report_text_options *options) {
    (void)options;
    struct text out = text_begin(arena);
    add_head(&out, report);
    add_summary(&out, report);
    add_navigation(&out, report);
    each_budget(&out, report, html_budget);
    add_skipped(&out, report);
    add_environment(&out, report);
    text_add(&out, "</main></body></html>\n");
    return out.data;
}
