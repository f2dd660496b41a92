#include <unistd.h>

#include "app/exit_code.h"
#include "app/policy.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/request.h"
#include "cli/show.h"

static const struct policy_format *format_find(const char *name) {
    for (const struct policy_format *format = policy_formats; format->name; format++)
        if (text_equal(format->name, name)) return format;
    return NULL;
}

static bool sides_read(struct cli *cli, struct policy_request *request) {
    const struct budget_request like = cli_budget_request(cli);
    const char *const *files = cli->arguments.items;
    request->old = policy_side(cli->arena, &like, &(struct probe_texts){files, 1});
    request->new = policy_side(cli->arena, &like, &(struct probe_texts){files + 1, 1});
    if (text_equal(files[0], "-") && text_equal(files[1], "-"))
        return diag_error(&cli->diags, CLI_ARGUMENTS, NO_PLACE, NULL,
                          "standard input can be one side only");
    return policy_input(cli->arena, &request->old, &cli->diags) &&
           policy_input(cli->arena, &request->new, &cli->diags);
}

int cmd_diff(struct cli *cli) {
    const struct policy_format *format = format_find(cli->options.format);
    struct policy_request request = {.allow = cli->options.allow_loosening};
    struct policy policy;
    if (!format) {
        diag_error(&cli->diags, CLI_FORMAT, NO_PLACE, "one of text, json", "unknown format `%s`",
                   text_inert(cli->arena, cli->options.format));
        return EXIT_CONFIG;
    }
    if (!sides_read(cli, &request) || !policy_compare(cli->arena, &request, &policy, &cli->diags))
        return diags_exit_code(&cli->diags);
    int code = policy.refused ? EXIT_POLICY : EXIT_PASS;
    const struct policy_page page = {cli->arguments.items[0], cli->arguments.items[1], &policy,
                                     code};
    const struct report_text_options options = {
        .colour = term_colour(STDOUT_FILENO, (enum term_when)cli->options.color),
        .columns = term_columns(STDOUT_FILENO),
    };
    if (cli->options.quiet && text_equal(format->name, "text")) return code;
    return show_text(format->write(cli->arena, &page, &options), &cli->diags) ? code
                                                                              : EXIT_INTERNAL;
}
