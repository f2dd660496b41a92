#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

#include "app/exit_code.h"
#include "base/ending.h"
#include "base/process.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/show.h"
#include "cli/signals.h"

/* What the design promises for later versions: named, so that the error can say so. */
static const char *const later[] = {"init", "history", NULL};

static int command_unknown(struct cli *cli, const char *word) {
    const char *names[32];
    size_t count = 0;
    for (const struct command *command = commands; command->name; command++)
        names[count++] = command->name;
    const char *hint = "see `perfbudget help`";
    const char *near = suggest(word, names, count);
    if (near) hint = text_format(cli->arena, "did you mean `%s`?", near);
    if (access(word, F_OK) == 0)
        hint = text_format(cli->arena, "to check a budget file write `perfbudget check %s`", word);
    for (const char *const *name = later; *name; name++)
        if (strcmp(*name, word) == 0) hint = "this version does not have it yet";
    diag_error(&cli->diags, CLI_COMMAND, NO_PLACE, hint, "no command `%s`",
               text_inert(cli->arena, word));
    return EXIT_CONFIG;
}

/* `perfbudget`, `perfbudget --help`, `perfbudget --version` are commands too. */
static const char *command_word(int argc, char **argv) {
    if (argc < 2) return "help";
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) return "help";
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) return "version";
    return argv[1];
}

static bool plugins_load(struct cli *cli) {
    bool good = true;
    for (size_t i = 0; i < cli->options.plugin.count; i++)
        good =
            registry_add_plugin(&cli->registry, cli->options.plugin.items[i], &cli->diags) && good;
    return good;
}

/* Of the command line, which is trusted: contradictions with --untrusted, and what it does not go
 * with. */
static bool trust_check(struct cli *cli) {
    const struct cli_options *options = &cli->options;
    const char *against = NULL;
    if (options->untrusted && options->plugin.count) against = "--plugin";
    if (options->untrusted && options->allow_outside) against = "--allow-outside";
    if (options->untrusted && options->against_ref) against = "--against-ref";
    if (against)
        return diag_error(&cli->diags, BUDGET_UNTRUSTED, NO_PLACE, "leave one of the two out",
                          "%s does not go with --untrusted", against);
    if (options->untrusted || !(options->allow_host.count || options->allow_env.count)) return true;
    return diag_error(&cli->diags, CLI_VALUE, NO_PLACE, "add --untrusted",
                      "--allow-host and --allow-env mean nothing without --untrusted");
}

static int command_run(struct cli *cli, int argc, char **argv) {
    const char *word = command_word(argc, argv);
    cli->command = command_find(word);
    if (!cli->command) return command_unknown(cli, word);
    if (!options_read(cli, argc > 2 ? argc - 2 : 0, argv + 2)) return EXIT_CONFIG;
    if (cli->options.help) return cmd_help(cli);
    if (!trust_check(cli)) return diags_exit_code(&cli->diags);
    registry_init(&cli->registry, cli->arena);
    int code = plugins_load(cli) ? cli->command->run(cli) : diags_exit_code(&cli->diags);
    registry_release(&cli->registry);
    /* a CI line whose words went missing measures nothing, and must not pass */
    return argc < 2 && code == EXIT_PASS ? EXIT_CONFIG : code;
}

int cli_main(int argc, char **argv) {
    process_setup();
    struct cli cli = {.arena = arena_new()};
    cli.diags = diags_begin(cli.arena);
    cli.cancel_fd = signals_catch();
    int code = command_run(&cli, argc, argv);
    show_diags(&cli.diags, (enum term_when)cli.options.color);
    int errors = diags_exit_code(&cli.diags);
    if (code == EXIT_PASS && errors) code = errors; /* an error never ends in a pass */
    process_end_all();
    arena_free(cli.arena);
    if (ending_asked()) signals_raise(ending_asked());
    return code;
}
