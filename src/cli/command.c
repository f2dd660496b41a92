#include "cli/command.h"

#include <string.h>

#define LOADING \
    "profile", "set", "plugin", "root", "allow_outside", "untrusted", "allow_host", "allow_env"
static const char *const check_options[] = {"only",        "skip",
                                            LOADING,       "confidence",
                                            "time_limit",  "jobs",
                                            "list",        "require_baseline",
                                            "format",      "output",
                                            "post",        "no_exec",
                                            "no_cache",    "report_only",
                                            "fail_fast",   "progress",
                                            "baseline",    "against",
                                            "against_ref", "seed",
                                            "policy",      "allow_loosening",
                                            NULL};
static const char *const lint_options[] = {LOADING,  "only",   "skip", "no_exec",
                                           "report", "format", NULL};
static const char *const judge_options[] = {LOADING,  "format",      "output",           "post",
                                            "budget", "report_only", "require_baseline", NULL};
static const char *const compare_options[] = {"format", NULL};
static const char *const ratchet_options[] = {"dry_run", "plugin", NULL};
static const char *const merge_options[] = {"expect", "format",      "output",
                                            "post",   "report_only", NULL};
static const char *const init_options[] = {"file", "force", "url", "run", "progress", NULL};
static const char *const import_options[] = {"from", "plugin", NULL};
static const char *const diff_options[] = {"profile",         "set", "plugin", "format",
                                           "allow_loosening", NULL};
static const char *const explain_options[] = {LOADING, "budget", NULL};
static const char *const inspect_options[] = {
    "format", "against", "why", "symbols", "symbols_before", "sections", "compressed", "top", NULL};
static const char *const plugin_options[] = {"plugin", NULL};
static const char *const no_options[] = {NULL};

const struct command commands[] = {
    {.name = "check",
     .arguments = "[FILE|DIR]...",
     .most = SIZE_MAX,
     .summary = "measure and judge",
     .description =
         "Measures what the budget files ask for, judges every limit, prints the report and ends "
         "with an exit code.\n\nWithout a file: perfbudget.yaml, else budgets/*.yaml but not "
         "budgets/_*.yaml. A folder stands for its *.yaml files likewise. `-` reads a budget file "
         "from standard input.",
     .example = "perfbudget check\n"
                "perfbudget check budgets/web.yaml --only pr --output json=report.json\n"
                "perfbudget check --profile low-end-device --set dist=target/release",
     .options = check_options,
     .run = cmd_check},
    {.name = "lint",
     .arguments = "[FILE|DIR]...",
     .most = SIZE_MAX,
     .summary = "find every mistake in budget files, measuring and running nothing",
     .description = "Reads budget files as `check` would and reports all mistakes at once, each "
                    "with its place, a stable code and what to write instead. Also refuses limits "
                    "that can never be proven within the runs allowed.\n\nWarns of budgets "
                    "without `why`, waivers with at most 14 days left, and budgets with the same "
                    "probe, target, options and limits. With --report also, by what the last "
                    "`check` measured, of limits that are more than 10 times that, and of "
                    "regressions whose margin lies below the noise. Warnings leave the exit code "
                    "at 0.\n\n--format json, github (annotations) and sarif print all that was "
                    "found, mistakes too.",
     .example = "perfbudget lint budgets/\n"
                "perfbudget lint budgets/ --report report.json\n"
                "perfbudget lint budgets/ --format github",
     .options = lint_options,
     .run = cmd_lint},
    {.name = "init",
     .arguments = "[DIR]",
     .most = 1,
     .summary = "write a first budget file for what is built here",
     .description =
         "Recognises WebAssembly, scripts and styles in dist, build, public, out, pkg and www; "
         "programs, modules and libraries that Cargo and CMake have built; programs (bin) and "
         "scripts of package.json; and with --url a running service. Measures them, writes "
         "perfbudget.yaml with limits at what was measured plus 20 % (times: at least 5 ms more, "
         "and twice the time on a loud machine), "
         "rounded up to two digits, and says what it did.\n\nNothing is run unless --run is given: "
         "then programs are started with --version until their p95 is known, and the scripts "
         "build, bench, benchmark and test run a few times. Without, their budgets stand in the "
         "file as comments.\n\nThe file has passed `check` before it is written. One that is there "
         "is overwritten only with --force. What is recognised but cannot be measured is left out, "
         "and said.",
     .example = "perfbudget init\n"
                "perfbudget init --run --url http://127.0.0.1:8080/\n"
                "perfbudget init packages/web --file budgets/web.yaml",
     .options = init_options,
     .run = cmd_init},
    {.name = "judge",
     .arguments = "REPORT",
     .least = 1,
     .most = 1,
     .summary = "judge stored measurements again",
     .description =
         "Reads a JSON report and judges its measurements again, by the limits stored in "
         "it or by those of --budget. Measures and runs nothing.",
     .example = "perfbudget judge report.json\n"
                "perfbudget judge report.json --budget budgets/stricter.yaml",
     .options = judge_options,
     .run = cmd_judge},
    {.name = "compare",
     .arguments = "OLD NEW",
     .least = 2,
     .most = 2,
     .summary = "two reports side by side",
     .description =
         "Compares every metric of two JSON reports: old and new value, the change with its 95 % "
         "interval, and a word: same, better, worse, changed (neither direction is better), "
         "unclear, new or gone. Noisy metrics are compared by launches, and only where both "
         "reports are of the same machine. --format is text, markdown or json; --verbose also "
         "lists labels that did not change.\n\nIt informs and gates nothing: the exit code is 0 "
         "whatever changed, and 3 where no metric is in both reports.",
     .example = "perfbudget compare main.json head.json\n"
                "perfbudget compare main.json head.json --format markdown",
     .options = compare_options,
     .run = cmd_compare},
    {.name = "merge",
     .arguments = "REPORT...",
     .least = 1,
     .most = SIZE_MAX,
     .summary = "join the reports of a CI matrix into one, with one verdict",
     .description =
         "Joins the JSON reports of shards: every budget from the shard that measured it, the "
         "verdicts as they are, and the gravest exit code. All formats work on the joined report, "
         "and --output json=FILE keeps it.\n\nRefused are budgets that two shards measured, and "
         "reports of different versions of perfbudget, projects, revisions or budget files. A "
         "missing shard (--expect) is an error with exit 3; so is a shard that was ended early or "
         "whose report cannot be read.",
     .example = "perfbudget merge shard-*.json --expect 3 --output json=report.json\n"
                "perfbudget merge linux.json wasm.json --format github",
     .options = merge_options,
     .run = cmd_merge},
    {.name = "diff",
     .arguments = "OLD NEW",
     .least = 2,
     .most = 2,
     .summary = "what a change of budget files does to the gate",
     .description =
         "Compares two budget files, or two folders of them, in effect: profiles, variables, "
         "includes and defaults resolved. Every change is tighter, looser, added, removed or "
         "neutral; what cannot be told from a loosening counts as one, such as another command, "
         "tag or probe option. A loosening or removal ends with exit 5 unless --allow-loosening "
         "names its budget. All profiles are compared, or those that --profile names.\n\nA pull "
         "request cannot buy its own pass where the gate runs `check --policy BASE_FILE`. --format "
         "is text or json; measures and runs nothing.",
     .example = "git show main:perfbudget.yaml > base.yaml\n"
                "perfbudget diff base.yaml perfbudget.yaml\n"
                "perfbudget diff base.yaml perfbudget.yaml --allow-loosening wasm-size",
     .options = diff_options,
     .run = cmd_diff},
    {.name = "ratchet",
     .arguments = "REPORT FILE",
     .least = 2,
     .most = 2,
     .summary = "tighten limits to what was measured plus headroom",
     .description =
         "Moves the limits of a budget file that a JSON report shows met with more room than 20 % "
         "to what was measured plus 20 %, rounded to three digits in the unit that is written; of "
         "noisy metrics the far end of the interval counts. Only numbers change: comments, order, "
         "quoting and layout stay. Never loosens. Left alone are limits that would move by less "
         "than 5 %, that are waived, use variables, stand in profiles or included files, bound "
         "changes, or would pass their own `warn`.\n\n--dry-run shows the lines before and after.",
     .example = "perfbudget check --output json=report.json\n"
                "perfbudget ratchet report.json perfbudget.yaml --dry-run",
     .options = ratchet_options,
     .run = cmd_ratchet},
    {.name = "import",
     .arguments = "FILE",
     .least = 1,
     .most = 1,
     .summary = "another tool's budgets as a budget file",
     .description =
         "Prints a budget file made from the budgets of size-limit, bundlesize, bundlewatch, "
         "BundleMon, Lighthouse (budget.json and Lighthouse CI), Angular, webpack, k6, Artillery, "
         "or flat JSON, with that tool's own units: KB is 1000 bytes to one and 1024 to another. "
         "JSON may have comments; of scripts, options that are plain values are read. Folders are "
         "relative to where the other file lies.\n\nWhat has no counterpart stands as a comment in "
         "the budget file and is warned of. A limit that cannot be read is an error. --from is "
         "size-limit, bundlesize, bundlewatch, bundlemon, lighthouse, lhci, angular, webpack, k6, "
         "artillery or flat.",
     .example = "perfbudget import package.json > perfbudget.yaml\n"
                "perfbudget import load-test.yml --from artillery",
     .options = import_options,
     .run = cmd_import},
    {.name = "explain",
     .arguments = "ID|KEY|CODE",
     .least = 1,
     .most = 1,
     .summary = "say what a budget, a key, a probe, a metric or an error code means",
     .description =
         "A budget's id shows what it measures, its limits in words, and how many samples "
         "they need (from --budget FILE or the default files). A key of budget files, a "
         "probe, its metrics and options, a statistic, an exit code or an error code "
         "shows its documentation.",
     .example = "perfbudget explain on_inconclusive\nperfbudget explain yaml-duplicate-key",
     .options = explain_options,
     .run = cmd_explain},
    {.name = "probes",
     .arguments = "[NAME]",
     .most = 1,
     .summary = "list probes, or one probe's options, metrics and labels",
     .description = "Lists every probe there is, plugins included. With a name: its target, needs, "
                    "metrics with their labels, and options.",
     .example = "perfbudget probes wasm",
     .options = plugin_options,
     .run = cmd_probes},
    {.name = "inspect",
     .arguments = "FILE.wasm",
     .least = 1,
     .most = 1,
     .summary = "show where the bytes of a WebAssembly file go, or what grew",
     .description =
         "Takes a module or component apart: sections, Rust crates, C++ namespaces and Go "
         "packages, functions, what keeps what (dominator tree), generics made more than once, "
         "identical bodies, and advice. --against shows what changed since an older file; a body "
         "that only changed its name is said to have. --format csv and json list everything, svg "
         "draws a treemap.",
     .example = "perfbudget inspect app.wasm --top 30\n"
                "perfbudget inspect app.wasm --against app-before.wasm\n"
                "perfbudget inspect app.wasm --compressed gzip --against app-before.wasm\n"
                "perfbudget inspect app.wasm --why core::fmt::write\n"
                "perfbudget inspect app.wasm --format svg > app.svg",
     .options = inspect_options,
     .run = cmd_inspect},
    {.name = "schema",
     .arguments = "[budget|report]",
     .most = 1,
     .summary = "print the JSON Schema of budget files or of reports",
     .description =
         "The schema of budget files gives editors completion and checks: name it in the "
         "first line of a budget file with `# yaml-language-server: $schema=PATH`.",
     .example = "perfbudget schema > budget.schema.json",
     .options = plugin_options,
     .run = cmd_schema},
    {.name = "limits",
     .arguments = "",
     .summary = "list every bound that perfbudget keeps",
     .description = "Every input, buffer and count has a bound; this lists them all.",
     .example = "perfbudget limits",
     .options = no_options,
     .run = cmd_limits},
    {.name = "completion",
     .arguments = "bash|zsh|fish",
     .least = 1,
     .most = 1,
     .summary = "print a completion script for a shell",
     .description = "Prints a script that makes the shell complete commands, options and their "
                    "values.",
     .example =
         "perfbudget completion bash > ~/.local/share/bash-completion/completions/perfbudget\n"
         "perfbudget completion fish > ~/.config/fish/completions/perfbudget.fish",
     .options = no_options,
     .run = cmd_completion},
    {.name = "help",
     .arguments = "[COMMAND]",
     .most = 1,
     .summary = "print help",
     .description = "Prints the commands, or the help of one command.",
     .example = "perfbudget help check",
     .options = no_options,
     .run = cmd_help},
    {.name = "version",
     .arguments = "",
     .summary = "print versions of perfbudget and its libraries",
     .description =
         "Prints the version, the versions of the formats it writes, and of the libraries "
         "that measured sizes depend on.",
     .example = "perfbudget version",
     .options = no_options,
     .run = cmd_version},
    {.name = NULL},
};

const struct command *command_find(const char *name) {
    for (const struct command *command = commands; command->name; command++)
        if (strcmp(command->name, name) == 0) return command;
    return NULL;
}

static bool listed(const char *const *names, const char *name) {
    for (; *names; names++)
        if (strcmp(*names, name) == 0) return true;
    return false;
}

bool command_takes(const struct command *command, const struct probe_option *row) {
    return listed(cli_common_options, row->name) || listed(command->options, row->name);
}
