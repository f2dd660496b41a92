#include "app/exit_code.h"
#include "app/import.h"
#include "app/init.h"
#include "app/policy.h"
#include "base/text.h"
#include "base/units.h"
#include "budget/budget_schema.h"
#include "budget/label.h"
#include "budget/server.h"
#include "cli/command.h"
#include "cli/show.h"
#include "probe/builtin_bounds.h"
#include "report/report.h"
#include "verdict/verdict.h"
#include "yaml/yaml.h"

static void add_bound(struct text *out, const struct bound *bound) {
    const char *value =
        bound->unit == PROBE_BYTES
            ? text_format(out->arena, "%s B", unit_show(out->arena, bound->value, PROBE_COUNT))
            : unit_show(out->arena, bound->value, bound->unit);
    text_add_format(out, "  %-52s %16s\n", bound->what, value);
}

static void add_bounds(struct text *out, const char *heading, const struct bound *bounds) {
    text_add_format(out, "%s\n", heading);
    for (; bounds->what; bounds++) add_bound(out, bounds);
}

int cmd_limits(struct cli *cli) {
    const struct yaml_bounds *yaml = &yaml_bounds_default;
    const struct bound files[] = {
        {"a budget file", (double)yaml->bytes, PROBE_BYTES},
        {"depth of nesting", (double)yaml->depth, PROBE_COUNT},
        {"nodes of a file", (double)yaml->nodes, PROBE_COUNT},
        {"one value", (double)yaml->scalar, PROBE_BYTES},
        {"nodes that aliases expand to", (double)yaml->alias_nodes, PROBE_COUNT},
        {"mistakes reported of a file", (double)yaml->mistakes, PROBE_COUNT},
        {"files of a run, included ones counted", BUDGET_FILES_MAX, PROBE_COUNT},
        {"all values with variables filled in", BUDGET_FILLED_MAX, PROBE_BYTES},
        {"runs of a budget", BUDGET_RUNS_MAX, PROBE_COUNT},
        {"profiles that `diff` and --policy compare", POLICY_PROFILES_MAX, PROBE_COUNT},
        {"time of a budget with --untrusted", UNTRUSTED_SECONDS, PROBE_SECONDS},
        {"time after which it begins no further one", UNTRUSTED_RUN_SECONDS, PROBE_SECONDS},
        {"one file with --untrusted", UNTRUSTED_BYTES, PROBE_BYTES},
        {"a file that `import` reads", IMPORT_BYTES_MAX, PROBE_BYTES},
        {"a project's file that `init` reads", INIT_BYTES_MAX, PROBE_BYTES},
        {"files of a folder that `init` looks through", INIT_FILES_MAX, PROBE_COUNT},
        {"budgets that `init` writes", INIT_BUDGETS_MAX, PROBE_COUNT},
        {"servers of a run", BUDGET_SERVERS_MAX, PROBE_COUNT},
        {"one label pattern", LABEL_PATTERN_MAX, PROBE_BYTES},
        {.what = NULL},
    };
    static const struct bound reports[] = {
        {"samples of a metric that a report keeps", REPORT_SAMPLES_MAX, PROBE_COUNT},
        {"labels of a metric that a report lists", REPORT_LABELS_MAX, PROBE_COUNT},
        {"worst labels of a pattern that a report lists", VERDICT_WORST_MAX, PROBE_COUNT},
        {"a report that is read", REPORT_BYTES_MAX, PROBE_BYTES},
        {"a Markdown report", REPORT_PAGE_MAX, PROBE_BYTES},
        {.what = NULL},
    };
    struct text out = text_begin(cli->arena);
    add_bounds(&out, "Budget files", files);
    add_bounds(&out, "Probes", builtin_bounds);
    add_bounds(&out, "Reports", reports);
    return show_text(out.data, &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
}
