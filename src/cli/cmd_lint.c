#include "app/exit_code.h"
#include "app/lint.h"
#include "app/lint_format.h"
#include "app/lint_report.h"
#include "app/lint_review.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/request.h"
#include "cli/show.h"

static const struct lint_format *format_find(const char *name) {
    for (const struct lint_format *format = lint_formats; format->name; format++)
        if (text_equal(format->name, name)) return format;
    return NULL;
}

static int lint_all(struct cli *cli, struct budget_set *set) {
    struct budget_request request = cli_budget_request(cli);
    const char *report = cli->options.report;
    if (!budget_load(cli->arena, &request, set, &cli->diags)) return diags_exit_code(&cli->diags);
    if (!lint_limits(set, DIAG_ERROR, &cli->diags)) return EXIT_CONFIG;
    lint_review(set, &cli->diags);
    if (report && !lint_report(cli->arena, set, report, &cli->diags))
        return diags_exit_code(&cli->diags);
    return EXIT_PASS;
}

int cmd_lint(struct cli *cli) {
    const struct lint_format *format = format_find(cli->options.format);
    struct budget_set set = {.arena = cli->arena}, none = {.arena = cli->arena};
    if (!format) {
        diag_error(&cli->diags, CLI_FORMAT, NO_PLACE, "one of text, json, github, sarif",
                   "unknown format `%s`", text_inert(cli->arena, cli->options.format));
        return EXIT_CONFIG;
    }
    int code = lint_all(cli, &set);
    if (cli->options.quiet && format == lint_formats) return code;
    const struct lint_page page = {code == EXIT_PASS ? &set : &none, &cli->diags, code};
    const char *text = format->write(cli->arena, &page);
    return show_guarded(text, format->guard, &cli->diags) ? code : EXIT_INTERNAL;
}
