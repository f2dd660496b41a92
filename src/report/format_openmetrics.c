#include <inttypes.h>
#include <math.h>

#include "base/text.h"
#include "base/units.h"
#include "report/formats.h"
#include "report/items.h"
#include "report/waivers.h"
#include "report/words.h"

/* OpenMetrics 1.0, as Prometheus and GitLab's metrics report read it. One series a limit row; what
 * has not been measured has no sample. */

/* Names of units as the specification wants them at the end of a metric's name. */
static const char *const unit_names[] = {
    [PROBE_COUNT] = "",
    [PROBE_BYTES] = "bytes",
    [PROBE_SECONDS] = "seconds",
    [PROBE_RATIO] = "ratio",
    [PROBE_PER_SECOND] = "per_second",
    [PROBE_BYTES_PER_SECOND] = "bytes_per_second",
};

/* GitLab's reader cuts a line at `#`, wherever it stands. */
static void add_label(struct text *out, const char *name, const char *value) {
    text_add_format(out, "%s=\"", name);
    for (const char *c = text_inert(out->arena, value); *c; c++) {
        if (*c == '"' || *c == '\\')
            text_add_format(out, "\\%c", *c);
        else if (*c == '#')
            text_add(out, "\\\\x23");
        else
            text_add_char(out, *c);
    }
    text_add_char(out, '"');
}

struct family {
    struct text *out;
    const char *name, *help;
    const char *unit; /* "": none */
    bool begun;
};

/* A family without a sample is not announced. */
static void family_begin(struct family *family) {
    if (family->begun) return;
    family->begun = true;
    const char *joint = *family->unit ? "_" : "";
    text_add_format(family->out, "# TYPE %s%s%s gauge\n", family->name, joint, family->unit);
    if (*family->unit)
        text_add_format(family->out, "# UNIT %s_%s %s\n", family->name, family->unit, family->unit);
    text_add_format(family->out, "# HELP %s%s%s %s\n", family->name, joint, family->unit,
                    family->help);
}

static void add_sample(struct family *family, const struct report_item *item, double value) {
    if (isnan(value)) return;
    struct text *out = family->out;
    family_begin(family);
    text_add_format(out, "%s%s%s{", family->name, *family->unit ? "_" : "", family->unit);
    add_label(out, "budget", item->budget->id);
    text_add_char(out, ',');
    add_label(out, "limit", item->row->limit->key);
    text_add_format(out, ",kind=\"%s\"} %s\n", words_kind.items[item->row->limit->kind],
                    number_text(out->arena, value));
}

/* What a row gives of each family. */
enum quantity_kind { OBSERVED, BOUND, HEADROOM, VERDICT };

static double quantity_of(const struct report_item *item, enum quantity_kind kind) {
    switch (kind) {
    case OBSERVED:
        return item->row->observed;
    case BOUND:
        return item->row->limit->bound;
    case HEADROOM:
        return item->row->headroom;
    case VERDICT:
        break;
    }
    return (double)item->effect - OUTCOME_PASS;
}

struct rows {
    const struct report_item *items;
    size_t count;
};

static bool is_change(const struct limit *limit) {
    return limit->kind == LIMIT_REGRESSION || limit->kind == LIMIT_IMPROVEMENT;
}

/* A bound on a change is a share of a baseline or a difference to it: not the metric itself. */
static void add_by_unit(struct text *out, const struct rows *rows, const char *name,
                        const char *help, enum quantity_kind kind) {
    for (int unit = PROBE_COUNT; unit <= PROBE_BYTES_PER_SECOND; unit++) {
        struct family family = {out, name, help, unit_names[unit], false};
        for (size_t i = 0; i < rows->count; i++) {
            const struct report_item *item = &rows->items[i];
            if (!item->row || (int)item->row->limit->unit != unit) continue;
            if (kind == BOUND && is_change(item->row->limit)) continue;
            add_sample(&family, item, quantity_of(item, kind));
        }
    }
}

static void add_plain(const struct rows *rows, struct family family, enum quantity_kind kind) {
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].row)
            add_sample(&family, &rows->items[i], quantity_of(&rows->items[i], kind));
}

static void add_waivers(struct text *out, const struct report *report) {
    struct report_waiver *waivers;
    size_t count = report_waivers(out->arena, report, &waivers);
    if (count == 0) return;
    text_add(out, "# TYPE perfbudget_waiver_left_days gauge\n"
                  "# UNIT perfbudget_waiver_left_days days\n"
                  "# HELP perfbudget_waiver_left_days Days a waiver still counts: 0 is its last, "
                  "negative are those since it expired.\n");
    for (size_t i = 0; i < count; i++) {
        text_add(out, "perfbudget_waiver_left_days{");
        add_label(out, "budget", waivers[i].budget->id);
        text_add_format(out, ",state=\"%s\"} %" PRId64 "\n", waivers[i].state,
                        waivers[i].budget->waiver.days_left);
    }
}

static void add_run(struct text *out, const struct report *report) {
    text_add(out, "# TYPE perfbudget_rows gauge\n"
                  "# HELP perfbudget_rows Limit rows by verdict.\n");
    for (int i = 0; i < OUTCOME_COUNT; i++)
        text_add_format(out, "perfbudget_rows{verdict=\"%s\"} %zu\n", outcome_words[i],
                        report->verdicts->summary[i]);
    text_add_format(out,
                    "# TYPE perfbudget_complete gauge\n"
                    "# HELP perfbudget_complete 0: the run was ended before it was done.\n"
                    "perfbudget_complete %d\n"
                    "# TYPE perfbudget_exit_code gauge\n"
                    "# HELP perfbudget_exit_code Exit code of the run; 0: all is well.\n"
                    "perfbudget_exit_code %d\n"
                    "# TYPE perfbudget_duration_seconds gauge\n"
                    "# UNIT perfbudget_duration_seconds seconds\n"
                    "# HELP perfbudget_duration_seconds How long the run took.\n"
                    "perfbudget_duration_seconds %s\n",
                    report->complete, report->exit_code, number_text(out->arena, report->duration));
    text_add(out, "# TYPE perfbudget info\n# HELP perfbudget What was run.\nperfbudget_info{");
    add_label(out, "version", PERFBUDGET_VERSION);
    if (report->set->project) {
        text_add_char(out, ',');
        add_label(out, "project", report->set->project);
    }
    text_add(out, "} 1\n");
}

const char *report_openmetrics(struct arena *arena, const struct report *report,
                               const struct report_text_options *options) {
    (void)options;
    struct report_item *items;
    struct text out = text_begin(arena);
    size_t count = report_items(arena, report, &items);
    const struct rows rows = {items, count};
    add_by_unit(&out, &rows, "perfbudget_observed", "What was measured, in the base unit.",
                OBSERVED);
    add_by_unit(&out, &rows, "perfbudget_bound", "What the limit allows, in the base unit.", BOUND);
    add_plain(&rows,
              (struct family){&out, "perfbudget_headroom",
                              "How far inside the bound, as a share of it.", "ratio", false},
              HEADROOM);
    add_plain(&rows,
              (struct family){&out, "perfbudget_verdict",
                              "Effect of the verdict: -1 skipped, 0 pass, 1 warn, 2 waived, "
                              "3 inconclusive, 4 fail, 5 error.",
                              "", false},
              VERDICT);
    add_waivers(&out, report);
    add_run(&out, report);
    text_add(&out, "# EOF\n");
    return out.data;
}
