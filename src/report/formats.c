#include "report/formats.h"

#include "base/text.h"

static const char *write_json(struct arena *arena, const struct report *report,
                              const struct report_text_options *options) {
    (void)options;
    return report_json(arena, report);
}

const struct report_format report_formats[] = {
    {"text", "report.txt", "a table for people, with what to do about each failure", report_text,
     &log_guard_text},
    {"json", "report.json", "everything asked, measured and judged, schema perfbudget.report/1",
     write_json, &log_guard_json},
    {"html", "report.html",
     "one page for the browser: limits, plots, treemaps, environment; needs no network",
     report_html, NULL},
    {"tap", "report.tap",
     "TAP 14, for prove, Jenkins and whatever else reads the Test Anything Protocol", report_tap,
     &log_guard_text},
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
