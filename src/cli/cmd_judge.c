#include "app/exit_code.h"
#include "app/judge.h"
#include "cli/command.h"
#include "cli/report_show.h"
#include "cli/request.h"

/* Options that say how a budget file is read mean nothing without one, and are not passed over. */
static bool loading_options_fit(struct cli *cli) {
    const struct cli_options *options = &cli->options;
    if (options->budget) return true;
    const char *given = options->profile.count   ? "--profile"
                        : options->set.count     ? "--set"
                        : options->root          ? "--root"
                        : options->allow_outside ? "--allow-outside"
                                                 : NULL;
    if (!given) return true;
    return diag_error(&cli->diags, CLI_VALUE, NO_PLACE, "name the file with `--budget FILE`",
                      "`%s` says how to read a budget file, and `judge` was given none", given);
}

int cmd_judge(struct cli *cli) {
    if (!cli_format_usable(cli) || !loading_options_fit(cli)) return EXIT_CONFIG;
    struct budget_request budget = cli_budget_request(cli);
    budget.files = (struct probe_texts){&cli->options.budget, 1};
    const struct judge_request request = {
        .path = cli->arguments.items[0],
        .budget = cli->options.budget ? &budget : NULL,
        .outputs = {cli->options.output, cli->options.format},
        .report_only = cli->options.report_only,
        .verdict = {.require_baseline = cli->options.require_baseline},
    };
    struct report report;
    int code = judge_run(cli->arena, &request, &report, &cli->diags);
    return report_deliver(cli, &report) ? code : EXIT_INTERNAL;
}
