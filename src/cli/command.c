#include "cli/command.h"

#include <string.h>

#include "app/post.h"
#include "base/array.h"
#include "base/text.h"

static const char *const whens[] = {"auto", "always", "never", NULL};
#define ROW(kind, member) PROBE_OPTION(struct cli_options, kind, member)

const struct probe_option cli_option_rows[] = {
    {ROW(PROBE_TEXTS, only), .fallback = "",
     .help = "measure only these budgets, by id or tag (repeatable)"},
    {ROW(PROBE_TEXTS, skip), .fallback = "",
     .help = "leave these budgets out, by id or tag (repeatable)"},
    {ROW(PROBE_TEXTS, profile), .fallback = "",
     .help = "lay this profile of the budget file over it (repeatable, in order)"},
    {ROW(PROBE_PAIRS, set), .fallback = "",
     .help = "give a variable of `vars` another value (repeatable)"},
    {ROW(PROBE_TEXT, confidence), .fallback = "",
     .help = "confidence of every verdict, such as 99%, instead of the file's"},
    {ROW(PROBE_TEXT, time_limit), .fallback = "",
     .help = "longest time for one budget's runs, such as 30s, instead of the file's"},
    {ROW(PROBE_INTEGER, jobs), .fallback = "0", .min = 0, .max = 256,
     .help = "threads for what may run side by side; 0: one a core"},
    {ROW(PROBE_FLAG, list), .fallback = "false",
     .help = "list what would be measured, in order, and measure nothing"},
    {ROW(PROBE_TEXT, against), .fallback = "",
     .help =
         "compare with this other checkout, measured side by side in pairs of runs; of `inspect`: "
         "with this older file"},
    {ROW(PROBE_TEXT, against_ref), .fallback = "",
     .help = "compare with this git revision, in a temporary worktree where `build` has run"},
    {ROW(PROBE_INTEGER, seed), .fallback = "0", .min = 0, .max = 9007199254740991.0,
     .help = "repeat the order inside the pairs of a report with this seed; 0: a new one"},
    {ROW(PROBE_TEXT, baseline), .fallback = "",
     .help = "compare with this JSON report of earlier code"},
    {ROW(PROBE_FLAG, require_baseline), .fallback = "false",
     .help = "a regression limit without a baseline is an error, not skipped"},
    {ROW(PROBE_TEXT, format), .fallback = "text",
     .help = "format of what is printed: one of the report formats; of `compare` text, markdown or "
             "json, of `inspect` text, json, csv or svg, of `lint` text, json, github or sarif"},
    {ROW(PROBE_PAIRS, output), .fallback = "",
     .help = "also write the report to this file, in one of the report formats (repeatable)"},
    {ROW(PROBE_CHOICE, post), .fallback = "none", .choices = post_targets,
     .help = "make or update one comment of the pull or merge request of this CI job; it never "
             "changes the exit code"},
    {ROW(PROBE_INTEGER, expect), .fallback = "0", .min = 0, .max = 10000,
     .help = "how many shards there have to be; one that is missing is an error"},
    {ROW(PROBE_TEXT, budget), .fallback = "",
     .help = "judge the stored measurements by this budget file instead"},
    {ROW(PROBE_FLAG, dry_run), .fallback = "false",
     .help = "show what would be changed, and change nothing"},
    {ROW(PROBE_TEXT, file), .fallback = "",
     .help = "write this file instead of perfbudget.yaml in the folder"},
    {ROW(PROBE_FLAG, force), .fallback = "false", .help = "overwrite a file that is there"},
    {ROW(PROBE_TEXT, url), .fallback = "",
     .help = "also measure the running service at this URL: on this machine by some hundred "
             "requests, elsewhere by ten, and the same again to see that the limits hold"},
    {ROW(PROBE_FLAG, run), .fallback = "false",
     .help = "also start the programs and the scripts build, bench and test, and measure them"},
    {ROW(PROBE_TEXT, from), .fallback = "",
     .help = "the tool whose budgets these are; default: told from the file"},
    {ROW(PROBE_TEXT, report), .fallback = "",
     .help = "also warn of limits that what this JSON report measured speaks against"},
    {ROW(PROBE_TEXT, why), .fallback = "", .help = "show what leads to this function"},
    {ROW(PROBE_TEXT, symbols), .fallback = "",
     .help = "take names from this unstripped twin, where bodies are the same"},
    {ROW(PROBE_TEXT, symbols_before), .fallback = "", .help = "likewise for the file of --against"},
    {ROW(PROBE_FLAG, sections), .fallback = "false",
     .help = "show sections, modules and data segments only; function bodies are not decoded"},
    {ROW(PROBE_TEXT, compressed), .fallback = "",
     .help = "also estimate what the bytes under this encoding (gzip, brotli or zstd) go to, by "
             "compressing with and without the --top largest names of each list"},
    {ROW(PROBE_INTEGER, top), .fallback = "10", .min = 1, .max = 1000000,
     .help = "rows of each list in text"},
    {ROW(PROBE_TEXTS, policy), .fallback = "",
     .help = "refuse (exit 5) budget files that are looser than this trusted file or folder, such "
             "as the base branch's (repeatable)"},
    {ROW(PROBE_TEXTS, allow_loosening), .fallback = "",
     .help = "let this budget be loosened: say so from outside of the change (repeatable)"},
    {ROW(PROBE_FLAG, no_exec), .fallback = "false",
     .help = "refuse budgets that run commands (exit 5)"},
    {ROW(PROBE_FLAG, untrusted), .fallback = "false",
     .help = "the budget files are a stranger's: run nothing, load no plugin, stay below the root, "
             "use no network and no environment, within bounds of time and bytes (exit 5)"},
    {ROW(PROBE_TEXTS, allow_host), .fallback = "",
     .help = "with --untrusted: let budgets talk to this host (repeatable)"},
    {ROW(PROBE_TEXTS, allow_env), .fallback = "",
     .help = "with --untrusted: let budget files use this environment variable (repeatable)"},
    {ROW(PROBE_FLAG, no_cache), .fallback = "false",
     .help = "compute every compressed size anew, and keep none for the next run"},
    {ROW(PROBE_FLAG, allow_outside), .fallback = "false",
     .help = "let paths of the budget file leave the root"},
    {ROW(PROBE_TEXTS, plugin), .fallback = "",
     .help = "load a probe from this shared object or executable (repeatable)"},
    {ROW(PROBE_TEXT, root), .fallback = "",
     .help = "root of the project; default: the nearest folder upwards with .git"},
    {ROW(PROBE_FLAG, report_only), .fallback = "false",
     .help = "exit 0 also when limits are broken or inconclusive; what could not be measured stays "
             "an error"},
    {ROW(PROBE_FLAG, fail_fast), .fallback = "false",
     .help = "stop at the first budget that fails"},
    {ROW(PROBE_CHOICE, color), .fallback = "auto", .choices = whens,
     .help = "colours: auto is a terminal without NO_COLOR"},
    {ROW(PROBE_CHOICE, progress), .fallback = "auto", .choices = whens,
     .help = "progress on standard error: auto is a live line on a terminal, a line every ten "
             "seconds elsewhere"},
    {ROW(PROBE_FLAG, quiet), .fallback = "false", .help = "print errors only, no report"},
    {ROW(PROBE_FLAG, verbose), .fallback = "false",
     .help = "print how samples are spread, all metrics, methods and the environment as well"},
    {ROW(PROBE_FLAG, help), .fallback = "false", .help = "print the help of the command"},
};
const size_t cli_option_count = array_length(cli_option_rows);

const char *const cli_common_options[] = {"color", "quiet", "verbose", "help", NULL};

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
         "perfbudget.yaml with limits at what was measured plus 20 % (times: at least 5 ms more), "
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

const char *cli_option_name(struct arena *arena, const struct probe_option *row) {
    struct text name = text_begin(arena);
    text_add(&name, "--");
    for (const char *c = row->name; *c; c++) text_add_char(&name, *c == '_' ? '-' : *c);
    return name.data;
}

static bool listed(const char *const *names, const char *name) {
    for (; *names; names++)
        if (strcmp(*names, name) == 0) return true;
    return false;
}

bool command_takes(const struct command *command, const struct probe_option *row) {
    return listed(cli_common_options, row->name) || listed(command->options, row->name);
}
