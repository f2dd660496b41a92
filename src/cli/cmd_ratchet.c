#include "app/exit_code.h"
#include "app/ratchet.h"
#include "cli/command.h"
#include "cli/request.h"
#include "cli/show.h"

int cmd_ratchet(struct cli *cli) {
    struct ratchet_request request = {
        .report = cli->arguments.items[0],
        .file = cli->arguments.items[1],
        .budget = cli_budget_request(cli),
        .headroom = RATCHET_HEADROOM,
        .dry_run = cli->options.dry_run,
    };
    struct ratchet ratchet;
    if (!ratchet_run(cli->arena, &request, &ratchet, &cli->diags))
        return diags_exit_code(&cli->diags);
    if (cli->options.quiet) return EXIT_PASS;
    const char *text = ratchet_text(cli->arena, &ratchet, request.dry_run);
    return show_text(text, &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
}
