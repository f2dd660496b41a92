#include "app/exit_code.h"
#include "app/init.h"
#include "cli/command.h"
#include "cli/request.h"
#include "cli/show.h"

int cmd_init(struct cli *cli) {
    struct init_request request = {
        .folder = cli->arguments.count ? cli->arguments.items[0] : ".",
        .file = cli->options.file,
        .force = cli->options.force,
        .budget = cli_budget_request(cli),
        .cancel_fd = cli->cancel_fd,
    };
    const char *told;
    if (!init_run(cli->arena, &request, &told, &cli->diags)) return diags_exit_code(&cli->diags);
    if (cli->options.quiet) return EXIT_PASS;
    return show_guarded(told, &log_guard_text, &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
}
