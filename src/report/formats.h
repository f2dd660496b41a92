/** The writers of the report formats, one a file; formats.c is the table of them. A new format is a
 * declaration here and a row there: options, help, completion and reference follow from the row. */
#ifndef REPORT_FORMATS_H
#define REPORT_FORMATS_H

#include "report/report.h"

/** Every writer is one of these: the report as text, in the arena, inert for its sink. */
#define REPORT_WRITER(name)                                            \
    const char *name(struct arena *arena, const struct report *report, \
                     const struct report_text_options *options)

REPORT_WRITER(report_junit);
REPORT_WRITER(report_markdown);
REPORT_WRITER(report_github);
REPORT_WRITER(report_gitlab);
REPORT_WRITER(report_sarif);
REPORT_WRITER(report_html);
REPORT_WRITER(report_tap);
REPORT_WRITER(report_csv);
REPORT_WRITER(report_openmetrics);
REPORT_WRITER(report_smaller_is_better);
REPORT_WRITER(report_bigger_is_better);
REPORT_WRITER(report_bmf);

#endif
