#include <string.h>
#include <unistd.h>

#include "app/exit_code.h"
#include "app/inspect.h"
#include "base/array.h"
#include "base/term.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/show.h"

static bool format_read(struct cli *cli, enum inspect_format *format) {
    static const char *const words[] = {[INSPECT_TEXT] = "text",
                                        [INSPECT_JSON] = "json",
                                        [INSPECT_CSV] = "csv",
                                        [INSPECT_SVG] = "svg"};
    for (size_t i = 0; i < array_length(words); i++) {
        *format = (enum inspect_format)i;
        if (strcmp(words[i], cli->options.format) == 0) return true;
    }
    return diag_error(&cli->diags, CLI_FORMAT, NO_PLACE, "write text, json, csv or svg",
                      "`inspect` has no format `%s`", text_inert(cli->arena, cli->options.format));
}

/* What prints the result. */
struct printing {
    struct cli *cli;
    struct progress *progress;
    enum inspect_format format;
};

static bool print_piece(void *printer, const char *piece) {
    static const struct log_guard *const guards[] = {[INSPECT_TEXT] = &log_guard_text,
                                                     [INSPECT_JSON] = &log_guard_json,
                                                     [INSPECT_CSV] = &log_guard_text,
                                                     [INSPECT_SVG] = &log_guard_markup};
    struct printing *printing = printer;
    progress_end(printing->progress);
    return show_guarded(piece, guards[printing->format], &printing->cli->diags);
}

int cmd_inspect(struct cli *cli) {
    struct inspect_request request = {.path = cli->arguments.items[0],
                                      .against = cli->options.against,
                                      .why = cli->options.why,
                                      .symbols = cli->options.symbols,
                                      .symbols_then = cli->options.symbols_before,
                                      .sections_only = cli->options.sections,
                                      .encoding = cli->options.compressed,
                                      .top = (size_t)cli->options.top,
                                      .columns =
                                          isatty(STDOUT_FILENO) ? term_columns(STDOUT_FILENO) : 0,
                                      .observe = progress_steps,
                                      .print = print_piece};
    if (!format_read(cli, &request.format)) return EXIT_CONFIG;
    struct printing printing = {
        cli, progress_new(cli->arena, (enum term_when)cli->options.progress, cli->options.quiet),
        request.format};
    request.observer = printing.progress;
    request.printer = &printing;
    bool good = inspect_run(cli->arena, &request, &cli->diags);
    progress_end(printing.progress);
    return good ? EXIT_PASS : diags_exit_code(&cli->diags);
}
