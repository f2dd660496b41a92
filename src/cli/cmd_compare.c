#include <unistd.h>

#include "app/compare.h"
#include "app/exit_code.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/show.h"

static const struct comparison_format *format_find(const char *name) {
    for (const struct comparison_format *format = comparison_formats; format->name; format++)
        if (text_equal(format->name, name)) return format;
    return NULL;
}

int cmd_compare(struct cli *cli) {
    const struct comparison_format *format = format_find(cli->options.format);
    struct comparison comparison;
    if (!format) {
        diag_error(&cli->diags, CLI_FORMAT, NO_PLACE, "one of text, markdown, json",
                   "unknown format `%s`", text_inert(cli->arena, cli->options.format));
        return EXIT_CONFIG;
    }
    int code = compare_run(cli->arena, cli->arguments.items[0], cli->arguments.items[1],
                           &comparison, &cli->diags);
    if (!comparison.after || cli->options.quiet) return code;
    const struct report_text_options options = {
        .colour = term_colour(STDOUT_FILENO, (enum term_when)cli->options.color),
        .columns = term_columns(STDOUT_FILENO),
        .verbose = cli->options.verbose,
    };
    const char *text = format->write(cli->arena, &comparison, &options);
    return show_guarded(text, format->guard, &cli->diags) ? code : EXIT_INTERNAL;
}
