#include "base/text.h"
#include "report/report.h"

static const char *write_json(struct arena *arena, const struct report *report,
                              const struct report_text_options *options) {
    (void)options;
    return report_json(arena, report);
}

const struct report_format report_formats[] = {
    {"text", "a table for people, with what to do about each failure", report_text},
    {"json", "everything asked, measured and judged, schema perfbudget.report/1", write_json},
    {NULL, NULL, NULL},
};

const struct report_format *report_format_find(const char *name) {
    for (const struct report_format *format = report_formats; format->name; format++)
        if (text_equal(format->name, name)) return format;
    return NULL;
}
