#include <string.h>

#include "app/exit_code.h"
#include "app/inspect.h"
#include "base/array.h"
#include "base/text.h"
#include "cli/command.h"
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

int cmd_inspect(struct cli *cli) {
    struct inspect_request request = {.path = cli->arguments.items[0],
                                      .against = cli->options.against,
                                      .why = cli->options.why,
                                      .symbols = cli->options.symbols,
                                      .sections_only = cli->options.sections,
                                      .encoding = cli->options.compressed,
                                      .top = (size_t)cli->options.top};
    const char *out = NULL;
    if (!format_read(cli, &request.format)) return EXIT_CONFIG;
    if (!inspect_run(cli->arena, &request, &out, &cli->diags)) return diags_exit_code(&cli->diags);
    static const struct log_guard *const guards[] = {[INSPECT_TEXT] = &log_guard_text,
                                                     [INSPECT_JSON] = &log_guard_json,
                                                     [INSPECT_CSV] = &log_guard_text,
                                                     [INSPECT_SVG] = &log_guard_markup};
    return show_guarded(out, guards[request.format], &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
}
