/* Plots as SVG of a few hundred bytes each, whatever the number of samples. */
#include <math.h>

#include "base/units.h"
#include "report/html.h"
#include "report/series.h"
#include "report/table.h"

enum {
    GAUGE_WIDTH = 100,
    GAUGE_HEIGHT = 8,
    PLOT_WIDTH = 320,
    PLOT_HEIGHT = 90,
    BINS = 40,
    POINTS = 80,      /* of a course over time: the smallest and the largest of each */
    SERIES_SHOWN = 6, /* plots of one metric */
};

static double clamp(double value, double low, double high) {
    return value < low ? low : value > high ? high : value;
}

/* Room to the right of what is shown, so that the end of the bar can be seen. */
static double gauge_scale(const struct verdict_row *row) {
    double most = fmax(row->observed, row->limit->bound);
    if (isfinite(row->high)) most = fmax(most, fmin(row->high, 2 * most));
    return most > 0 ? GAUGE_WIDTH / (most * 1.1) : 0;
}

void html_gauge(struct text *out, const struct verdict_row *row) {
    if (!isfinite(row->observed) || row->limit->relative || row->observed < 0) return;
    double scale = gauge_scale(row);
    if (scale <= 0) return;
    double low = isfinite(row->low) ? row->low : row->observed;
    double high = isfinite(row->high) ? row->high : row->observed;
    text_add_format(out,
                    "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" aria-hidden=\"true\" "
                    "class=\"%s\"><rect width=\"%.2f\" height=\"%d\" fill=\"currentColor\" "
                    "opacity=\".45\"/>",
                    GAUGE_WIDTH, GAUGE_HEIGHT, outcome_words[row->effect], row->observed * scale,
                    GAUGE_HEIGHT);
    if (high > low)
        text_add_format(out,
                        "<rect x=\"%.2f\" width=\"%.2f\" y=\"3\" height=\"2\" "
                        "fill=\"currentColor\"/>",
                        clamp(low * scale, 0, GAUGE_WIDTH),
                        clamp(high * scale, 0, GAUGE_WIDTH) - clamp(low * scale, 0, GAUGE_WIDTH));
    text_add_format(out, "<rect x=\"%.2f\" width=\"1\" height=\"%d\" fill=\"var(--ink)\"/></svg>",
                    clamp(row->limit->bound * scale - 0.5, 0, GAUGE_WIDTH - 1), GAUGE_HEIGHT);
}

/* What both plots of a series show. */
struct frame {
    const struct probe_metric *metric;
    const struct verdict_row *row; /**< whose limit is drawn; NULL: none */
    const struct series *series;
    const double *samples;
    size_t count;
    double low, high; /**< of the axis of values */
};

/* The limit joins the axis where it is not so far away that it would flatten the samples. */
static struct frame frame_of(const struct probe_metric *metric, const struct verdict_row *row,
                             const struct series *series) {
    struct frame frame = {metric,
                          row,
                          series,
                          series->samples,
                          series->count,
                          series->samples[0],
                          series->samples[0]};
    for (size_t i = 1; i < frame.count; i++) {
        frame.low = fmin(frame.low, frame.samples[i]);
        frame.high = fmax(frame.high, frame.samples[i]);
    }
    double width = frame.high - frame.low, bound = row ? row->limit->bound : (double)NAN;
    if (isfinite(bound) && bound > frame.high && bound - frame.high <= 2 * width)
        frame.high = bound;
    if (isfinite(bound) && bound < frame.low && frame.low - bound <= 2 * width) frame.low = bound;
    if (frame.high <= frame.low) frame.high = frame.low + (frame.low != 0 ? fabs(frame.low) : 1);
    return frame;
}

static double frame_share(const struct frame *frame, double value) {
    return clamp((value - frame->low) / (frame->high - frame->low), 0, 1);
}

static void figure_begin(struct text *out, const char *label) {
    text_add(out, "<figure><svg role=\"img\" aria-label=\"");
    html_text(out, label);
    text_add_format(out, "\" viewBox=\"0 0 %d %d\">", PLOT_WIDTH, PLOT_HEIGHT);
}

static void figure_end(struct text *out, const char *left, const char *right) {
    text_add(out, "</svg><figcaption>");
    html_text(out, left);
    if (right) {
        text_add(out, " · ");
        html_text(out, right);
    }
    text_add(out, "</figcaption></figure>");
}

static bool frame_shows_limit(const struct frame *frame) {
    double bound = frame->row ? frame->row->limit->bound : (double)NAN;
    return isfinite(bound) && bound >= frame->low && bound <= frame->high;
}

static void add_distribution(struct text *out, const struct frame *frame) {
    size_t bins[BINS] = {0}, most = 1;
    for (size_t i = 0; i < frame->count; i++) {
        size_t bin = (size_t)(frame_share(frame, frame->samples[i]) * BINS);
        if (bin >= BINS) bin = BINS - 1;
        if (++bins[bin] > most) most = bins[bin];
    }
    figure_begin(out, "How the samples are distributed");
    const struct verdict_row *row = frame->row;
    if (row && isfinite(row->low) && isfinite(row->high)) {
        double from = frame_share(frame, row->low) * PLOT_WIDTH;
        double to = frame_share(frame, row->high) * PLOT_WIDTH;
        text_add_format(out, "<rect x=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"var(--band)\"/>",
                        from, fmax(to - from, 1), PLOT_HEIGHT);
    }
    text_add(out, "<path fill=\"var(--plot)\" d=\"");
    for (size_t i = 0; i < BINS; i++) {
        double height = (double)bins[i] / (double)most * (PLOT_HEIGHT - 4);
        if (bins[i])
            text_add_format(out, "M%zu %dv-%.1fh7v%.1fz", i * (PLOT_WIDTH / BINS), PLOT_HEIGHT,
                            fmax(height, 1), fmax(height, 1));
    }
    text_add(out, "\"/>");
    if (frame_shows_limit(frame))
        text_add_format(
            out, "<path stroke=\"var(--fail)\" stroke-width=\"2\" d=\"M%.1f 0v%d\"/>",
            clamp(frame_share(frame, row->limit->bound) * PLOT_WIDTH, 1, PLOT_WIDTH - 1),
            PLOT_HEIGHT);
    const char *axis =
        text_format(out->arena, "%s to %s", unit_show(out->arena, frame->low, frame->metric->unit),
                    unit_show(out->arena, frame->high, frame->metric->unit));
    figure_end(out, axis,
               !row ? NULL
                    : text_format(out->arena, "limit %s%s", row_bound(out->arena, row),
                                  frame_shows_limit(frame) ? "" : ", far outside"));
}

/* Of each stretch of samples the smallest and the largest, so that no outlier is lost. */
static void add_course(struct text *out, const struct frame *frame) {
    size_t points = frame->count < POINTS ? frame->count : POINTS;
    figure_begin(out, "The samples in the order they were taken");
    text_add(out, "<path fill=\"none\" stroke=\"var(--plot)\" d=\"");
    for (size_t i = 0; i < points; i++) {
        size_t from = i * frame->count / points, to = (i + 1) * frame->count / points;
        double low = frame->samples[from], high = low;
        for (size_t s = from; s < to; s++) {
            low = fmin(low, frame->samples[s]);
            high = fmax(high, frame->samples[s]);
        }
        double x = ((double)i + 0.5) / (double)points * PLOT_WIDTH;
        text_add_format(out, "%c%.0f %.1f", i ? 'L' : 'M', x,
                        PLOT_HEIGHT - 2 - frame_share(frame, low) * (PLOT_HEIGHT - 4));
        if (high > low)
            text_add_format(out, "V%.1f",
                            PLOT_HEIGHT - 2 - frame_share(frame, high) * (PLOT_HEIGHT - 4));
    }
    text_add(out, "\"/>");
    if (frame_shows_limit(frame))
        text_add_format(
            out, "<path stroke=\"var(--fail)\" stroke-dasharray=\"6 3\" d=\"M0 %.1fh%d\"/>",
            PLOT_HEIGHT - 2 - frame_share(frame, frame->row->limit->bound) * (PLOT_HEIGHT - 4),
            PLOT_WIDTH);
    figure_end(out,
               text_format(out->arena, "%zu samples%s, first to last", frame->count,
                           frame->series->whole ? " of them" : ""),
               NULL);
}

static void add_numbers(struct text *out, const struct frame *frame) {
    static const struct {
        const char *name;
        struct statistic statistic;
    } shown[] = {{"min", {STATISTIC_MIN, 0}},         {"median", {STATISTIC_QUANTILE, 0.5}},
                 {"mean", {STATISTIC_MEAN, 0}},       {"p95", {STATISTIC_QUANTILE, 0.95}},
                 {"p99", {STATISTIC_QUANTILE, 0.99}}, {"max", {STATISTIC_MAX, 0}},
                 {"stddev", {STATISTIC_STDDEV, 0}}};
    text_add_format(out, "<p>%llu samples", (unsigned long long)series_count(frame->series));
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        double value = series_statistic(frame->series, &shown[i].statistic);
        text_add_format(out, ", %s %s", shown[i].name,
                        unit_show(out->arena, value, frame->metric->unit));
    }
    text_add(out, "</p>");
}

/* The row whose limit is drawn: the first with a bound in the metric's own unit. */
static const struct verdict_row *row_of(const struct budget_verdict *verdict, uint32_t metric) {
    for (size_t i = 0; i < verdict->count; i++) {
        const struct limit *limit = verdict->rows[i].limit;
        if (limit->metric == metric && !limit->relative && limit->kind != LIMIT_REGRESSION &&
            limit->kind != LIMIT_IMPROVEMENT)
            return &verdict->rows[i];
    }
    return NULL;
}

static void add_series(struct text *out, const struct budget_verdict *verdict,
                       const struct measurement *measurement, const struct series *series) {
    const struct probe_metric *metric = measurement->metrics->items[series->metric];
    const char *label = series_label(out->arena, metric, series);
    struct frame frame = frame_of(metric, row_of(verdict, series->metric), series);
    text_add(out, "<h3>");
    html_text(out, *label ? text_format(out->arena, "%s[%s]", metric->name, label) : metric->name);
    text_add(out, "</h3><div class=\"plots\">");
    add_distribution(out, &frame);
    add_course(out, &frame);
    text_add(out, "</div>");
    add_numbers(out, &frame);
    const char *method = measurement->methods ? measurement->methods[series->metric] : NULL;
    if (!method) return;
    text_add(out, "<p class=\"dim\">");
    html_text(out, method);
    text_add(out, "</p>");
}

void html_plots(struct text *out, const struct report *report, size_t index) {
    const struct budget_verdict *verdict = &report->verdicts->budgets[index];
    const struct measurement *measurement = report->evidence[index].measurement;
    if (!measurement || measurement->missing) return;
    bool open = false;
    size_t shown = 0;
    for (size_t i = 0; i < measurement->count; i++) {
        const struct series *series = &measurement->series[i];
        const struct probe_metric *metric = measurement->metrics->items[series->metric];
        shown = i && measurement->series[i - 1].metric == series->metric ? shown : 0;
        if (metric->nature != PROBE_NOISY || series->n > 0 || series->count < 2 ||
            shown++ >= SERIES_SHOWN)
            continue;
        if (!budget_limits_metric(verdict->budget, series->metric)) continue;
        if (!open) text_add(out, "<details><summary>Samples</summary>");
        open = true;
        add_series(out, verdict, measurement, series);
    }
    if (open) text_add(out, "</details>");
}
