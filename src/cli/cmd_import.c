#include "app/exit_code.h"
#include "app/import.h"
#include "cli/command.h"
#include "cli/request.h"
#include "cli/show.h"

int cmd_import(struct cli *cli) {
    const struct import_request request = {
        .path = cli->arguments.items[0],
        .format = cli->options.from,
        .budget = cli_budget_request(cli),
    };
    const char *yaml;
    if (!import_run(cli->arena, &request, &yaml, &cli->diags)) return diags_exit_code(&cli->diags);
    return show_text(yaml, &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
}
