/* Any bytes as a report: refused with an error, or a run that can be judged and shown. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds) abort();
}

static void judge(struct arena *arena, struct report *report, const struct evidence *evidence) {
    struct verdicts *verdicts = arena_new_object(arena, struct verdicts);
    verdicts_begin(verdicts, arena, report->set, (struct verdict_options){0});
    for (size_t i = 0; i < report->set->count; i++) {
        const struct measurement *measurement = evidence[i].measurement;
        if (verdicts_wanted(verdicts, i, NULL) && measurement && !measurement->missing)
            verdicts_wanted(verdicts, i, measurement);
    }
    verdicts_finish(verdicts, evidence);
    report->verdicts = verdicts;
    const struct report_text_options options = {.columns = 80, .verbose = true};
    for (const struct report_format *format = report_formats; format->name; format++)
        require(report_write(arena, format, report, &options) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    struct report report;
    struct budget_set set;
    struct evidence *evidence;
    struct verdicts stored;
    int descriptor = memfd_create("report", MFD_CLOEXEC);
    require(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    const char *path = text_format(arena, "/proc/self/fd/%d", descriptor);
    bool good = report_read(arena, path, &report, &set, &evidence, &stored, &diags);
    require(good == (diags.errors == 0));
    if (good) judge(arena, &report, evidence);
    close(descriptor);
    arena_free(arena);
    return 0;
}
