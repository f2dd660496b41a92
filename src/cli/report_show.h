/** Printing a report on standard output, in the format asked for. */
#ifndef CLI_REPORT_SHOW_H
#define CLI_REPORT_SHOW_H

#include "cli/command.h"
#include "report/report.h"

/** In --format; no text with --quiet, or where an --output is standard output. False with an error
 * when it could not be written. */
bool report_show(struct cli *cli, const struct report *report);

/** Shows it and then posts it where --post says; nothing of either where nothing was measured.
 * False with an error when it could not be shown; posting only ever warns. */
bool report_deliver(struct cli *cli, const struct report *report);

#endif
