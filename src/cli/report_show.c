#include "cli/report_show.h"

#include <unistd.h>

#include "app/outputs.h"
#include "app/post.h"
#include "base/text.h"
#include "cli/show.h"

bool report_show(struct cli *cli, const struct report *report) {
    const struct report_format *format = report_format_find(cli->options.format);
    const struct report_text_options options = {
        .colour = term_colour(STDOUT_FILENO, (enum term_when)cli->options.color),
        .columns = term_columns(STDOUT_FILENO),
        .verbose = cli->options.verbose,
    };
    bool silent = cli->options.quiet || outputs_use_standard(&cli->options.output);
    if (silent && text_equal(format->name, "text")) return true;
    return show_text(report_write(cli->arena, format, report, &options), &cli->diags);
}

bool report_deliver(struct cli *cli, const struct report *report) {
    const struct post_request request = {(enum post_target)cli->options.post, cli->cancel_fd};
    if (!report->set) return true;
    if (!report_show(cli, report)) return false;
    if (request.target != POST_NONE) post_report(&request, report, &cli->diags);
    return true;
}
