#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/units.h"
#include "report/attribution.h"
#include "report/detail.h"
#include "report/machine.h"
#include "report/series.h"

enum { LABELS_SHOWN = 20, NAME_WIDTH = 44 };

static const char *series_name(struct arena *arena, const struct probe_metric *metric,
                               const struct series *series) {
    const char *label = series_label(arena, metric, series);
    return *label ? text_format(arena, "%s[%s]", metric->name, label) : metric->name;
}

/* "123 KB", or of noisy ones the median, p95 and how many. */
static const char *series_numbers(struct arena *arena, const struct probe_metric *metric,
                                  const struct series *series) {
    static const struct statistic p95 = {STATISTIC_QUANTILE, 0.95};
    if (series->unbounded) return "no bound";
    double value = series_value(metric, series, NULL);
    if (isnan(value)) return "no samples";
    const char *shown = unit_show(arena, value, metric->unit);
    if (series->n > 0)
        return text_format(arena, "%s (%llu of %llu)", shown, (unsigned long long)series->k,
                           (unsigned long long)series->n);
    if (metric->nature == PROBE_EXACT || series->count < 2) return shown;
    return text_format(arena, "median %s, p95 %s, %zu samples", shown,
                       unit_show(arena, series_value(metric, series, &p95), metric->unit),
                       (size_t)series_count(series));
}

static void add_metric(struct sheet *sheet, const struct measurement *measurement,
                       uint32_t number) {
    struct arena *arena = sheet->out.arena;
    const struct probe_metric *metric = measurement->metrics->items[number];
    size_t shown = 0, all = 0;
    for (size_t i = 0; i < measurement->count; i++) {
        const struct series *series = &measurement->series[i];
        if (series->metric != number || all++ >= LABELS_SHOWN) continue;
        const char *name = text_inert(arena, series_name(arena, metric, series));
        sheet_blanks(sheet, 4);
        sheet_cell(sheet, PAINT_NONE, ALIGN_LEFT, NAME_WIDTH,
                   sheet_shorten(arena, name, NAME_WIDTH));
        text_add_format(&sheet->out, "  %s\n", series_numbers(arena, metric, series));
        shown++;
    }
    if (all > shown) text_add_format(&sheet->out, "    and %zu more labels\n", all - shown);
    const char *method = measurement->methods ? measurement->methods[number] : NULL;
    if (method) sheet_field(sheet, "", text_format(arena, "%s by %s", metric->name, method));
}

static void add_budget(struct sheet *sheet, const struct budget *budget,
                       const struct measurement *measurement) {
    bool titled = false;
    for (uint32_t i = 0; i < budget->metrics.count; i++) {
        bool method = measurement->methods && measurement->methods[i];
        if ((budget_limits_metric(budget, i) && !method) || budget_explains(budget, i)) continue;
        bool measured = false;
        for (size_t s = 0; s < measurement->count && !measured; s++)
            measured = measurement->series[s].metric == i;
        if (!measured) continue;
        if (!titled) {
            sheet_blanks(sheet, 2);
            sheet_paint(sheet, PAINT_BOLD, text_inert(sheet->out.arena, budget->id));
            text_add_char(&sheet->out, '\n');
        }
        titled = true;
        add_metric(sheet, measurement, i);
    }
}

static void add_quietness(struct sheet *sheet, const struct environment *environment) {
    struct arena *arena = sheet->out.arena;
    sheet_field(sheet, "load", machine_load(arena, environment));
    sheet_field(sheet, "stalled", machine_stalled(arena, environment));
    if (!isnan(environment->spawn))
        sheet_field(sheet, "spawn",
                    text_format(arena, "%s to start a bare process",
                                unit_show(arena, environment->spawn, PROBE_SECONDS)));
}

static void add_environment(struct sheet *sheet, const struct environment *environment) {
    struct arena *arena = sheet->out.arena;
    struct text libraries = text_begin(arena);
    const struct library_version *row = environment->libraries;
    for (; row && row->name; row++)
        text_add_format(&libraries, "%s%s %s", libraries.length ? ", " : "", row->name,
                        row->version);
    sheet_field(sheet, "host", environment->host);
    sheet_field(sheet, "os", environment->os);
    sheet_field(sheet, "kernel", environment->kernel);
    sheet_field(sheet, "cpu",
                text_format(arena, "%s, %d %s", environment->cpu ? environment->cpu : "unknown",
                            environment->cores, environment->cores == 1 ? "core" : "cores"));
    if (!isnan(environment->memory))
        sheet_field(sheet, "memory", unit_show(arena, environment->memory, PROBE_BYTES));
    add_quietness(sheet, environment);
    sheet_field(sheet, "with", libraries.data);
    sheet_field(sheet, "machine", environment->fingerprint);
    sheet_field(sheet, "source", environment->revision);
    sheet_field(sheet, "branch", environment->branch);
    sheet_field(sheet, "ci", environment->ci);
}

static void add_shards(struct sheet *sheet, const struct report *report) {
    struct arena *arena = sheet->out.arena;
    for (size_t i = 0; i < report->shard_count; i++) {
        const struct report_shard *shard = &report->shards[i];
        sheet_field(sheet, i ? "" : "shards",
                    text_format(arena, "%s: exit %d, %zu %s, %s", shard->report, shard->exit_code,
                                shard->budgets, shard->budgets == 1 ? "budget" : "budgets",
                                shard->host ? shard->host : "unknown host"));
    }
}

void verbose_add(struct sheet *sheet, const struct report *report) {
    text_add(&sheet->out, "\n");
    sheet_paint(sheet, PAINT_BOLD, "Also measured");
    text_add(&sheet->out, "\n");
    for (size_t i = 0; i < report->set->count; i++)
        if (report->evidence[i].measurement)
            add_budget(sheet, &report->set->budgets[i], report->evidence[i].measurement);
    text_add(&sheet->out, "\n");
    sheet_paint(sheet, PAINT_BOLD, "Environment");
    text_add(&sheet->out, "\n");
    add_environment(sheet, &report->environment);
    add_shards(sheet, report);
    for (size_t i = 0; i < report->set->file_count; i++)
        sheet_field(sheet, i ? "" : "files", report->set->files[i].path);
}
