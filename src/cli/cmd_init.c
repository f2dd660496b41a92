#include "app/exit_code.h"
#include "app/init.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/request.h"
#include "cli/show.h"

int cmd_init(struct cli *cli) {
    enum term_when when = (enum term_when)cli->options.progress;
    struct progress *progress = progress_new(cli->arena, when, cli->options.quiet);
    const struct check_request watched = {.observe = progress_event,
                                          .planned = progress_planned,
                                          .begun = progress_begun,
                                          .observer = progress};
    const struct init_request request = {
        .folder = cli->arguments.count ? cli->arguments.items[0] : ".",
        .file = cli->options.file,
        .url = cli->options.url,
        .force = cli->options.force,
        .run = cli->options.run,
        .budget = cli_budget_request(cli),
        .watched = &watched,
        .cancel_fd = cli->cancel_fd,
    };
    const char *told;
    bool good = init_run(cli->arena, &request, &told, &cli->diags);
    progress_end(progress);
    if (!good) return diags_exit_code(&cli->diags);
    if (cli->options.quiet) return EXIT_PASS;
    return show_guarded(told, &log_guard_text, &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
}
