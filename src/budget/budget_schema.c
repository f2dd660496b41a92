#include "budget/budget_schema.h"

#include <string.h>

#include "base/array.h"

static const char *const versions[] = {"1", NULL};
static const char *const kilobytes[] = {"1000", "1024", NULL};
static const char *const severities[] = {"fail", "warn", NULL};
static const char *const directions[] = {"neither", "lower", "higher",
                                         NULL}; /* enum probe_better */
static const char *const inconclusives[] = {"block", "warn", "pass", NULL};

enum { DAY = 24 * 60 * 60 };

#define FILE_VALUE(kind, member, ...) \
    .option = {PROBE_OPTION(struct file_values, kind, member), __VA_ARGS__}
#define BUDGET_VALUE(kind, member, ...) \
    .option = {PROBE_OPTION(struct budget_values, kind, member), __VA_ARGS__}
#define NESTED(word, ...) .option = {.name = word, .type = PROBE_TEXT, __VA_ARGS__}

static const struct budget_key bound_rows[] = {
    {NESTED("max", .help = "The value may be at most this."), .example = "500ms"},
    {NESTED("min", .help = "The value must be at least this."), .example = "1000/s"},
    {NESTED("warn",
            .help = "Beyond this the row warns; it never fails and never prolongs sampling."),
     .example = "400ms"},
    {NESTED("regression", .help = "How much worse than the baseline the value may be: a share, or "
                                  "an amount in the metric's unit."),
     .example = "5%"},
    {NESTED("improvement", .help = "How much better than the baseline the value must be: a share, "
                                   "or an amount in the metric's unit."),
     .example = "37.5%"},
    {NESTED(
         "floor",
         .help =
             "Changes against the baseline smaller than this never count, in the metric's unit."),
     .example = "10ms"},
    {NESTED(
         "baseline",
         .help =
             "The value to compare with, written down instead of measured, in the metric's unit."),
     .example = "80ms"},
};
const struct budget_keys budget_keys_bounds = {
    .name = "a limit",
    .help = "The bounds of one limit; each is one row of the report.",
    .rows = bound_rows,
    .count = array_length(bound_rows),
};

static const struct budget_key runs_rows[] = {
    {.option = {PROBE_OPTION(struct runs_values, PROBE_INTEGER, min), .fallback = "", .min = 1,
                .max = BUDGET_RUNS_MAX, .help = "At least this many runs."},
     .example = "20"},
    {.option = {PROBE_OPTION(struct runs_values, PROBE_INTEGER, max), .fallback = "", .min = 1,
                .max = BUDGET_RUNS_MAX, .help = "At most this many runs."},
     .example = "500"},
};
const struct budget_keys budget_keys_runs = {
    .name = "runs",
    .help = "How often the probe runs: as often as a verdict needs, between min and max.",
    .rows = runs_rows,
    .count = array_length(runs_rows),
};

static const struct budget_key waiver_rows[] = {
    {.option = {PROBE_OPTION(struct waiver_values, PROBE_TEXT, until),
                .help = "The last day the waiver counts, as YYYY-MM-DD in UTC."},
     .rules = KEY_REQUIRED,
     .example = "2027-01-31"},
    {.option = {PROBE_OPTION(struct waiver_values, PROBE_TEXT, reason),
                .help = "Why the limits may be missed until then; shown in the report."},
     .rules = KEY_REQUIRED,
     .example = "'New index, see #123'"},
    {NESTED("limits", .help = "The limits that count instead until then."), .shape = KEY_LIMITS,
     .rules = KEY_REQUIRED, .example = "{ops: {min: 800/s}}", .children = &budget_keys_bounds},
};
const struct budget_keys budget_keys_waiver = {
    .name = "a waiver",
    .help = "Other limits for a time, with a reason; when it is over the budget's own count again.",
    .rows = waiver_rows,
    .count = array_length(waiver_rows),
};

static const struct budget_key budget_rows[] = {
    {BUDGET_VALUE(PROBE_TEXT, title, .fallback = "", .help = "A name for people."),
     .example = "WASM module size"},
    {BUDGET_VALUE(PROBE_TEXT, why, .fallback = "",
                  .help = "Why the limits exist; shown when one is broken."),
     .example = "Download speed on mobile"},
    {BUDGET_VALUE(PROBE_TEXT, fix, .fallback = "",
                  .help = "How to meet the limits; shown when one is broken."),
     .example = "Run wasm-opt -Oz"},
    {BUDGET_VALUE(PROBE_TEXT, owner, .fallback = "", .help = "Who answers for the budget."),
     .example = "sync-team"},
    {BUDGET_VALUE(PROBE_TEXTS, tags, .fallback = "",
                  .help = "Words that --only and --skip select budgets by."),
     .example = "[pr, size]"},
    {BUDGET_VALUE(PROBE_CHOICE, severity, .fallback = "fail", .choices = severities,
                  .help = "What a broken limit does: fail the run, or warn. What could not be "
                          "measured is an error either way."),
     .example = "warn"},
    {BUDGET_VALUE(PROBE_FLAG, enabled, .fallback = "true",
                  .help = "false: the limits are listed but not judged; a selected budget that "
                          "leans on this one still has it measured."),
     .example = "false"},
    {BUDGET_VALUE(
         PROBE_TEXT, of, .fallback = "",
         .help = "The id of a budget whose measurement is judged, instead of measuring again."),
     .rules = KEY_NO_DEFAULT | KEY_SUBJECT, .example = "api"},
    {BUDGET_VALUE(
         PROBE_TEXT, derive, .fallback = "",
         .help =
             "An expression over the statistics of other budgets, judged as the metric `value`."),
     .rules = KEY_NO_DEFAULT | KEY_SUBJECT,
     .example = "individual.wall.median / batch.wall.median"},
    {BUDGET_VALUE(PROBE_CHOICE, better, .fallback = "neither", .choices = directions,
                  .help = "Of `derive`: which direction of the value is better, so that "
                          "`regression` and bare bounds have a meaning."),
     .rules = KEY_NO_DEFAULT | KEY_DERIVED, .example = "higher"},
    {NESTED("with", .help = "The options of the probe."), .shape = KEY_OPTIONS,
     .rules = KEY_NO_DEFAULT | KEY_MEASURING, .example = "{warmup: 2}"},
    {BUDGET_VALUE(
         PROBE_INTEGER, runs, .fallback = "", .min = 1, .max = BUDGET_RUNS_MAX,
         .help = "How often the probe runs: a number means exactly that often, a map gives the "
                 "range (default min 5, max 1000). Probes whose one run says all take none."),
     .shape = KEY_VALUE_OR_MAP, .rules = KEY_MEASURING, .example = "{min: 20, max: 500}",
     .children = &budget_keys_runs},
    {BUDGET_VALUE(
         PROBE_TIME, time_limit, .fallback = "60s", .min = 0.001, .max = 7 * DAY,
         .help = "Time for all runs of the budget; without a verdict by then it is inconclusive. "
                 "Probes that only read files have 10 min, as compression takes its time."),
     .rules = KEY_MEASURING, .example = "60s"},
    {BUDGET_VALUE(
         PROBE_TIME, timeout, .fallback = "10s", .min = 0.001, .max = 7 * DAY,
         .help = "Time for one run; one that takes longer ends the budget as error. Probes that "
                 "only read files have 10 min."),
     .rules = KEY_MEASURING, .example = "5s"},
    {BUDGET_VALUE(PROBE_SHARE, confidence, .fallback = "95%", .min = 0.5, .max = 0.9999,
                  .help = "How sure a pass or a fail must be for each row."),
     .example = "99%"},
    {BUDGET_VALUE(PROBE_CHOICE, on_inconclusive, .fallback = "block", .choices = inconclusives,
                  .help = "What it does when the samples prove neither pass nor fail."),
     .example = "warn"},
    {BUDGET_VALUE(PROBE_TEXTS, after, .fallback = "",
                  .help = "Ids of budgets that run before this one."),
     .rules = KEY_NO_DEFAULT, .example = "[build-size]"},
    {NESTED("limits", .help = "What may not be exceeded: limit keys, each with its bounds."),
     .shape = KEY_LIMITS, .rules = KEY_NO_DEFAULT,
     .example = "{gzip: 100KB, 'gzip[*]': {max: 60KB}}", .children = &budget_keys_bounds},
    {NESTED("waiver", .help = "Other limits for a time, with a reason."), .shape = KEY_MAP,
     .rules = KEY_NO_DEFAULT,
     .example = "{until: 2027-01-31, reason: New index, limits: {gzip: 120KB}}",
     .children = &budget_keys_waiver},
    {BUDGET_VALUE(PROBE_TEXT, server, .fallback = "",
                  .help = "The server of `servers` that the budget is measured against: it is "
                          "started before, and its `server_` metrics can be bounded."),
     .rules = KEY_MEASURING, .example = "api"},
    {BUDGET_VALUE(PROBE_FLAG, fresh, .fallback = "false",
                  .help =
                      "true: the server is started anew for this budget, though it runs already."),
     .rules = KEY_MEASURING, .example = "true"},
    {BUDGET_VALUE(
         PROBE_TEXT, during, .fallback = "",
         .help = "The id of a budget that this one runs alongside, from its start to its end."),
     .rules = KEY_NO_DEFAULT | KEY_MEASURING, .example = "api-load"},
};
const struct budget_keys budget_keys_budget = {
    .name = "a budget",
    .help = "One budget: a probe's name as key with its target as value (or `of`, or `derive`), "
            "and its limits.",
    .rows = budget_rows,
    .count = array_length(budget_rows),
    .probes = true,
};
const struct budget_keys budget_keys_defaults = {
    .name = "defaults",
    .help = "What budgets of this file have unless they say otherwise; below a probe's name, "
            "options for its `with`.",
    .rows = budget_rows,
    .count = array_length(budget_rows),
    .without = KEY_NO_DEFAULT,
    .probes = true,
};

static const struct budget_key profile_rows[] = {
    {NESTED("vars", .help = "Variables with other values than the file's."),
     .shape = KEY_NAMED_TEXTS, .example = "{dist: target/debug}"},
    {NESTED("defaults", .help = "Laid over the file's defaults."), .shape = KEY_MAP,
     .example = "{confidence: 90%}", .children = &budget_keys_defaults},
    {NESTED("budgets", .help = "Laid over the budgets with these ids."), .shape = KEY_NAMED,
     .example = "{startup: {limits: {p95: {max: 900ms}}}}", .children = &budget_keys_budget},
};
const struct budget_keys budget_keys_profile = {
    .name = "a profile",
    .help = "What --profile NAME lays over the file: maps merge, values and lists replace, `null` "
            "removes.",
    .rows = profile_rows,
    .count = array_length(profile_rows),
};

static const struct budget_key file_rows[] = {
    {FILE_VALUE(PROBE_CHOICE, version, .fallback = "1", .choices = versions,
                .help = "The version of the format; required."),
     .rules = KEY_REQUIRED, .example = "1"},
    {FILE_VALUE(PROBE_TEXT, project, .fallback = "", .help = "The project's name, for reports."),
     .rules = KEY_ROOT_FILE, .example = "mycelium-sync"},
    {FILE_VALUE(PROBE_TEXT, directory, .fallback = "",
                .help = "The folder that paths and commands are relative to, itself relative to "
                        "this file; default: this file's folder."),
     .example = ".."},
    {FILE_VALUE(PROBE_CHOICE, kilobyte, .fallback = "1000", .choices = kilobytes,
                .help = "What KB, MB and GB mean in this file. kB is always 1000; KiB, MiB and GiB "
                        "always 1024."),
     .example = "1024"},
    {FILE_VALUE(
         PROBE_TEXTS, include, .fallback = "",
         .help =
             "More budget files, relative to this one and below the root; each is loaded once."),
     .example = "[_common.yaml]"},
    {NESTED("vars", .help = "Variables: `${name}` in any value of this file."),
     .shape = KEY_NAMED_TEXTS, .example = "{dist: target/release}"},
    {FILE_VALUE(PROBE_TEXTS, env, .fallback = "",
                .help = "Environment variables that `${env:NAME}` may use, in targets and `with`; "
                        "their values are never shown."),
     .example = "[API_TOKEN]"},
    {FILE_VALUE(PROBE_COMMAND, build, .fallback = "",
                .help = "The command that builds the project, in `directory`; `check "
                        "--against-ref` runs it in both checkouts before it measures."),
     .rules = KEY_ROOT_FILE, .example = "cmake --build build"},
    {NESTED("servers", .help = "Servers, each under its name, started when a selected budget needs "
                               "them and ended with all they started."),
     .shape = KEY_NAMED, .rules = KEY_ROOT_FILE,
     .example = "{api: {command: './serve --port ${port}', ready: /health}}",
     .children = &budget_keys_server},
    {NESTED("defaults", .help = "What budgets of this file have unless they say otherwise."),
     .shape = KEY_MAP, .example = "{confidence: 95%}", .children = &budget_keys_defaults},
    {NESTED("profiles", .help = "Named changes that --profile NAME lays over the file."),
     .shape = KEY_NAMED, .rules = KEY_ROOT_FILE,
     .example = "{low-end: {budgets: {startup: {limits: {p95: {max: 900ms}}}}}}",
     .children = &budget_keys_profile},
    {NESTED("budgets", .help = "The budgets, each under its id."), .shape = KEY_NAMED,
     .example = "{module: {size: app.wasm, limits: {gzip: {max: 100KB}}}}",
     .children = &budget_keys_budget},
};
const struct budget_keys budget_keys_file = {
    .name = "a budget file",
    .help = "A budget file, version 1.",
    .rows = file_rows,
    .count = array_length(file_rows),
};

bool budget_key_stands(const struct budget_keys *keys, const struct budget_key *row) {
    return (row->rules & keys->without) == 0;
}

const struct budget_key *budget_key_find(const struct budget_keys *keys, const char *name) {
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(keys->rows[i].option.name, name) == 0 && budget_key_stands(keys, &keys->rows[i]))
            return &keys->rows[i];
    return NULL;
}
