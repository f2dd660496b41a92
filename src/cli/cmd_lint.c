#include "app/exit_code.h"
#include "app/lint.h"
#include "app/lint_report.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/request.h"
#include "cli/show.h"

int cmd_lint(struct cli *cli) {
    struct budget_set set;
    struct budget_request request = cli_budget_request(cli);
    if (!budget_load(cli->arena, &request, &set, &cli->diags)) return diags_exit_code(&cli->diags);
    if (!lint_limits(&set, DIAG_ERROR, &cli->diags)) return EXIT_CONFIG;
    const char *report = cli->options.report;
    if (report && !lint_report(cli->arena, &set, report, &cli->diags))
        return diags_exit_code(&cli->diags);
    if (cli->options.quiet) return EXIT_PASS;
    size_t rows = 0;
    for (size_t i = 0; i < set.count; i++) rows += set.budgets[i].limit_count;
    const char *line =
        text_format(cli->arena, "%zu file%s, %zu budget%s, %zu limit%s: no mistakes\n",
                    set.file_count, set.file_count == 1 ? "" : "s", set.count,
                    set.count == 1 ? "" : "s", rows, rows == 1 ? "" : "s");
    return show_text(line, &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
}
