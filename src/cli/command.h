/** The table of commands and options: parsing, help, the man page and completion are made from it.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/diag.h"
#include "base/term.h"
#include "probe/registry.h"

/** Every option's value, of whatever command. */
struct cli_options {
    struct probe_texts only, skip, profile, plugin, policy, allow_loosening, allow_host, allow_env;
    struct probe_pairs set, output;
    const char *confidence, *time_limit, *root, *format, *budget, *baseline, *against, *against_ref;
    const char *why, *symbols, *symbols_before, *from, *report, *compressed, *file, *url;
    int64_t jobs, seed, top, expect;
    bool list, dry_run, require_baseline, no_exec, untrusted, no_cache, allow_outside, report_only,
        fail_fast;
    bool quiet, verbose, help, sections, force, run;
    int color, progress; /**< enum term_when */
    int post;            /**< enum post_target */
};

/** What a command works on. */
struct cli {
    struct arena *arena;
    const struct command *command;
    struct cli_options options;
    struct probe_texts arguments; /**< what is no option */
    struct diags diags;
    struct registry registry; /**< built-in probes and --plugin */
    int cancel_fd;
};

struct command {
    const char *name, *arguments; /**< "[FILE|DIR]..." */
    const char *summary;          /**< one line */
    const char *description;      /**< paragraphs for help and the man page */
    const char *example;          /**< one or more lines */
    size_t least, most;           /**< arguments */
    const char *const
        *options; /**< names of the rows it takes besides the common ones; ends with NULL */
    int (*run)(struct cli *cli); /**< returns the exit code; its errors are in cli->diags */
};

extern const struct command commands[]; /**< ends with a NULL name */
const struct command *command_find(const char *name);

/** option_rows.c: all option rows, with struct cli_options. Row names use `_` where the command
 * line uses `-`. */
extern const struct probe_option cli_option_rows[];
extern const size_t cli_option_count;
/** Options every command takes. */
extern const char *const cli_common_options[];
/** "--time-limit" of a row, in the arena. */
const char *cli_option_name(struct arena *arena, const struct probe_option *row);
/** Whether a command takes the row. */
bool command_takes(const struct command *command, const struct probe_option *row);

int cmd_check(struct cli *cli);
int cmd_lint(struct cli *cli);
int cmd_judge(struct cli *cli);
int cmd_compare(struct cli *cli);
int cmd_merge(struct cli *cli);
int cmd_diff(struct cli *cli);
int cmd_init(struct cli *cli);
int cmd_import(struct cli *cli);
int cmd_ratchet(struct cli *cli);
int cmd_explain(struct cli *cli);
int cmd_probes(struct cli *cli);
int cmd_schema(struct cli *cli);
int cmd_inspect(struct cli *cli);
int cmd_limits(struct cli *cli);
int cmd_completion(struct cli *cli);
int cmd_help(struct cli *cli);
int cmd_version(struct cli *cli);

#endif
