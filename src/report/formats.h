/** The writers of the report formats, one a file; formats.c is the table of them. A new format is a
 * declaration here and a row there: options, help, completion and reference follow from the row. */
#ifndef REPORT_FORMATS_H
#define REPORT_FORMATS_H

#include "report/report.h"

/** Every writer is one of these: the report as text, in the arena, inert for its sink. */
#define REPORT_WRITER(name)                                            \
    const char *name(struct arena *arena, const struct report *report, \
                     const struct report_text_options *options)

REPORT_WRITER(report_html);
REPORT_WRITER(report_tap);

#endif
