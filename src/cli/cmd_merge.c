#include "app/exit_code.h"
#include "app/merge.h"
#include "cli/command.h"
#include "cli/report_show.h"
#include "cli/request.h"

int cmd_merge(struct cli *cli) {
    if (!cli_format_usable(cli)) return EXIT_CONFIG;
    const struct merge_request request = {
        .paths = cli->arguments,
        .expected = (size_t)cli->options.expect,
        .outputs = {cli->options.output, cli->options.format},
        .report_only = cli->options.report_only,
    };
    struct report report;
    int code = merge_run(cli->arena, &request, &report, &cli->diags);
    return report_deliver(cli, &report) ? code : EXIT_INTERNAL;
}
