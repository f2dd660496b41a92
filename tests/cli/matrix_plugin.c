/* A plugin for the fail-open matrix: the number that stands in a file. Everything that is no number
 * is the plugin's to notice; a number that is not finite is left for the host to refuse. */
#include "perfbudget/probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 64 };

static bool number_sample(struct probe_run *run) {
    char path[4096], line[LINE], *end;
    snprintf(path, sizeof path, "%s/%s", run->directory, run->targets.items[0]);
    FILE *file = fopen(path, "r");
    if (!file) return probe_fail(run, PROBE_FAULT_TARGET, strerror(errno), NULL);
    bool got = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    if (!got) return probe_fail(run, PROBE_FAULT_DATA, "the file holds no line", NULL);
    if (strcmp(line, "none\n") == 0) return true; /* claims to have run, and emits nothing */
    double value = strtod(line, &end);
    if (end == line || *end != '\n')
        return probe_fail(run, PROBE_FAULT_DATA, "the file holds no number", NULL);
    probe_emit(run, 0, 0, value);
    return true;
}

static const struct probe_metric metrics[] = {
    {.name = "value", .help = "The number.", .better = PROBE_LOWER, .nature = PROBE_EXACT},
};

static const struct probe number = {
    .abi = PROBE_ABI,
    .needs = PROBE_ONCE,
    .name = "number",
    .summary = "Reads a number from a file.",
    .target_help = "a file",
    .target = PROBE_TARGET_TEXT,
    .metrics = metrics,
    .metric_count = 1,
    .metric_size = sizeof *metrics,
    .option_size = sizeof(struct probe_option),
    .sample = number_sample,
};

extern const struct probe *const PROBE_EXPORT;
const struct probe *const PROBE_EXPORT = &number;
