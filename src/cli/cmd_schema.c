#include "app/exit_code.h"
#include "app/schema_budget.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/show.h"
#include "report/report.h"

int cmd_schema(struct cli *cli) {
    const char *which = cli->arguments.count ? cli->arguments.items[0] : "budget";
    const char *text = NULL;
    if (text_equal(which, "budget")) text = schema_budget_json(cli->arena, &cli->registry);
    if (text_equal(which, "report")) text = report_schema(cli->arena);
    if (!text) {
        diag_error(&cli->diags, CLI_VALUE, NO_PLACE, "write `budget` or `report`",
                   "there is no schema of `%s`", text_inert(cli->arena, which));
        return EXIT_CONFIG;
    }
    return show_text(text, &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
}
