#include "cli/request.h"

#include <stdlib.h>
#include <unistd.h>

#include "app/outputs.h"
#include "base/clock.h"
#include "base/text.h"

/* NULL where it has been removed. */
static const char *current_directory(struct arena *arena) {
    char *directory = get_current_dir_name();
    const char *copy = text_copy(arena, directory);
    free(directory);
    return copy;
}

struct budget_request cli_budget_request(struct cli *cli) {
    const struct cli_options *options = &cli->options;
    return (struct budget_request){
        .registry = &cli->registry,
        .files = cli->arguments,
        .root = options->root,
        .directory = current_directory(cli->arena),
        .profiles = options->profile,
        .only = options->only,
        .skip = options->skip,
        .set = options->set,
        .confidence = options->confidence,
        .time_limit = options->time_limit,
        .today = clock_today(),
        .allow_outside = options->allow_outside,
        .no_exec = options->no_exec || options->untrusted,
        .untrusted = options->untrusted,
        .allow_hosts = options->allow_host,
        .allow_env = options->allow_env,
    };
}

bool cli_format_usable(struct cli *cli) {
    const char *format = cli->options.format;
    if (!output_format(format, &cli->diags)) return false;
    if (!outputs_use_standard(&cli->options.output) || text_equal(format, "text")) return true;
    return diag_error(&cli->diags, CLI_OUTPUT_TWICE, NO_PLACE, "leave out `--format`",
                      "two reports would be written to standard output");
}
