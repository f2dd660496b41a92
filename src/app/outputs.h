/** Reports on their way out: every target is checked and opened before the first probe runs. */
#ifndef APP_OUTPUTS_H
#define APP_OUTPUTS_H

#include "base/file.h"
#include "report/report.h"

struct report_output {
    const struct report_format *format;
    struct output output;
    bool added; /**< to the end of a file that others write to as well */
};

struct outputs {
    struct report_output *items;
    size_t count;
};

/** The format of that name, or NULL with an error that lists all of them. */
const struct report_format *output_format(const char *name, struct diags *diags);

/** What a command was asked to write. */
struct outputs_request {
    struct probe_pairs files; /**< FORMAT=PATH of every --output */
    const char *printed;      /**< --format: what the command prints itself; NULL: nothing */
};

/** Opens every `FORMAT=PATH`, and the files that a format adds to; unknown formats and unusable
 * targets are errors, all reported at once. */
bool outputs_open(struct arena *arena, const struct outputs_request *request,
                  struct outputs *outputs, struct diags *diags);

/** Whether one of them is standard output: nothing else may be printed there. */
bool outputs_use_standard(const struct probe_pairs *wanted);

/** Writes the report into all of them, each whole or not at all. */
bool outputs_write(struct arena *arena, struct outputs *outputs, const struct report *report,
                   const struct report_text_options *options, struct diags *diags);

/** Removes what was opened and not written. */
void outputs_discard(struct outputs *outputs);

#endif
