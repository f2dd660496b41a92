#include "app/check.h"
#include "app/exit_code.h"
#include "app/post.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/report_show.h"
#include "cli/request.h"
#include "cli/show.h"
#include "probe/cache.h"

static void list_budget(struct text *out, const struct budget *budget, size_t number) {
    const char *what = budget->probe ? budget->probe->name : budget->of ? "of" : "derive";
    text_add_format(out, "%3zu  %-24s %-10s %s\n", number, text_inert(out->arena, budget->id), what,
                    budget->target_text ? text_inert(out->arena, budget->target_text) : "");
}

/* There is no report without a measurement. */
static bool list_fits(struct cli *cli) {
    const struct cli_options *options = &cli->options;
    bool plain = !options->output.count && options->post == POST_NONE;
    if (plain && text_equal(options->format, "text")) return true;
    return diag_error(&cli->diags, CLI_VALUE, NO_PLACE,
                      "leave out `--format`, `--output` and `--post`",
                      "with `--list` nothing is measured, and there is no report");
}

/* `check --list`: what would run, in order, then what is judged without running, then what is
 * skipped. */
static int check_list(struct cli *cli) {
    struct budget_set set;
    struct budget_request request = cli_budget_request(cli);
    if (!budget_load(cli->arena, &request, &set, &cli->diags)) return diags_exit_code(&cli->diags);
    struct run_step *steps;
    size_t count = run_plan(cli->arena, &set, &steps);
    struct text out = text_begin(cli->arena);
    for (size_t i = 0; i < count; i++) list_budget(&out, &set.budgets[steps[i].budget], i + 1);
    size_t number = count;
    for (size_t i = 0; i < set.count; i++)
        if (set.budgets[i].selected && !set.budgets[i].probe)
            list_budget(&out, &set.budgets[i], ++number);
    for (size_t i = 0; i < set.count; i++)
        if (!set.budgets[i].selected && !set.budgets[i].leaned_on)
            text_add_format(&out, "  -  %-24s skipped: %s\n",
                            text_inert(cli->arena, set.budgets[i].id), set.budgets[i].skipped);
    return show_guarded(out.data, &log_guard_text, &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
}

static bool one_comparison(struct cli *cli) {
    const struct cli_options *options = &cli->options;
    int asked =
        (options->baseline != NULL) + (options->against != NULL) + (options->against_ref != NULL);
    if (asked <= 1) return true;
    return diag_error(&cli->diags, CLI_COMPARISONS, NO_PLACE, NULL,
                      "there can be one of --baseline, --against and --against-ref");
}

static bool policy_named(struct cli *cli) {
    if (cli->options.policy.count || !cli->options.allow_loosening.count) return true;
    return diag_error(&cli->diags, POLICY_ALONE, NO_PLACE, "name the trusted file with --policy",
                      "--allow-loosening means nothing without --policy");
}

int cmd_check(struct cli *cli) {
    if (!cli_format_usable(cli) || !one_comparison(cli) || !policy_named(cli)) return EXIT_CONFIG;
    if (cli->options.list) return list_fits(cli) ? check_list(cli) : EXIT_CONFIG;
    enum term_when when = (enum term_when)cli->options.progress;
    struct progress *progress = progress_new(cli->arena, when, cli->options.quiet);
    const struct check_request request = {
        .budget = cli_budget_request(cli),
        .policy = cli->options.policy,
        .allow_loosening = cli->options.allow_loosening,
        .outputs = {cli->options.output, cli->options.format},
        .against = cli->options.against,
        .against_ref = cli->options.against_ref,
        .seed = (uint64_t)cli->options.seed,
        .baseline = cli->options.baseline,
        .jobs = (unsigned)cli->options.jobs,
        .cache = cli->options.no_cache ? NULL : cache_folder(cli->arena),
        .fail_fast = cli->options.fail_fast,
        .report_only = cli->options.report_only,
        .verdict = {.require_baseline = cli->options.require_baseline},
        .cancel_fd = cli->cancel_fd,
        .observe = progress_event,
        .planned = progress_planned,
        .begun = progress_begun,
        .taking_apart = progress_steps,
        .observer = progress,
    };
    struct report report;
    int code = check_run(cli->arena, &request, &report, &cli->diags);
    progress_end(progress);
    return report_deliver(cli, &report) ? code : EXIT_INTERNAL;
}
