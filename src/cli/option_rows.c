/* The options of all commands. */
#include "app/post.h"
#include "base/array.h"
#include "base/text.h"
#include "cli/command.h"

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

const char *cli_option_name(struct arena *arena, const struct probe_option *row) {
    struct text name = text_begin(arena);
    text_add(&name, "--");
    for (const char *c = row->name; *c; c++) text_add_char(&name, *c == '_' ? '-' : *c);
    return name.data;
}
