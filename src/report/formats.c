#include "report/formats.h"

#include "base/text.h"

static const char *write_json(struct arena *arena, const struct report *report,
                              const struct report_text_options *options) {
    (void)options;
    return report_json(arena, report);
}

const struct report_format report_formats[] = {
    {"text", "report.txt", "a table for people, with what to do about each failure", report_text,
     &log_guard_text, NULL, NULL},
    {"json", "report.json", "everything asked, measured and judged, schema perfbudget.report/1",
     write_json, &log_guard_json, NULL, NULL},
    {"junit", "junit.xml",
     "JUnit XML, for GitHub, GitLab, Jenkins: a suite a budget file, a case a limit", report_junit,
     &log_guard_markup, NULL, NULL},
    {"markdown", "report.md",
     "a comment for a pull request: verdict, failures, the rest folded; at most 65,536 characters",
     report_markdown, &log_guard_markup, NULL, NULL},
    {"html", "report.html",
     "one page for the browser: limits, plots, treemaps, environment; needs no network",
     report_html, &log_guard_markup, NULL, NULL},
    {"github", "annotations.txt",
     "annotations of GitHub Actions on the lines of the limits; adds `markdown` to the file that "
     "GITHUB_STEP_SUMMARY names",
     report_github, &log_guard_own, "GITHUB_STEP_SUMMARY", "markdown"},
    {"gitlab", "gl-code-quality-report.json",
     "GitLab's code quality report (its metrics report is `openmetrics`)", report_gitlab,
     &log_guard_json, NULL, NULL},
    {"sarif", "report.sarif", "SARIF 2.1.0, for code scanning", report_sarif, &log_guard_json, NULL,
     NULL},
    {"tap", "report.tap", "TAP 14, for readers of the Test Anything Protocol", report_tap,
     &log_guard_text, NULL, NULL},
    {"csv", "report.csv", "a row a limit, RFC 4180, for spreadsheets: no cell is a formula",
     report_csv, &log_guard_text, NULL, NULL},
    {"openmetrics", "metrics.txt",
     "OpenMetrics text, for Prometheus and for GitLab's metrics report", report_openmetrics,
     &log_guard_text, NULL, NULL},
    {"smaller-is-better", "smaller.json",
     "customSmallerIsBetter of github-action-benchmark: limits on what should be small",
     report_smaller_is_better, &log_guard_json, NULL, NULL},
    {"bigger-is-better", "bigger.json",
     "customBiggerIsBetter of github-action-benchmark: limits on what should be large",
     report_bigger_is_better, &log_guard_json, NULL, NULL},
    {"bmf", "bmf.json", "Bencher Metric Format: a benchmark a budget, a measure a limit",
     report_bmf, &log_guard_json, NULL, NULL},
    {0},
};

const struct report_format *report_format_find(const char *name) {
    for (const struct report_format *format = report_formats; format->name; format++)
        if (text_equal(format->name, name)) return format;
    return NULL;
}

const char *report_write(struct arena *arena, const struct report_format *format,
                         const struct report *report, const struct report_text_options *options) {
    const char *text = format->write(arena, report, options);
    return format->guard ? log_guarded(arena, text, format->guard) : text;
}
