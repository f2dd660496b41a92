#include <string.h>

#include "app/exit_code.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cli/help.h"
#include "cli/show.h"

static int help_unknown(struct cli *cli, const char *word) {
    const char *names[32];
    size_t count = 0;
    for (const struct command *command = commands; command->name; command++)
        names[count++] = command->name;
    const char *near = suggest(word, names, count);
    diag_error(&cli->diags, CLI_COMMAND, NO_PLACE,
               near ? text_format(cli->arena, "did you mean `%s`?", near) : "see `perfbudget help`",
               "no command `%s`", text_inert(cli->arena, word));
    return EXIT_CONFIG;
}

int cmd_help(struct cli *cli) {
    const struct command *subject = cli->command;
    const char *text = NULL;
    if (strcmp(cli->command->name, "help") == 0) {
        if (cli->arguments.count == 0)
            text = help_overview_text(cli->arena);
        else if (!(subject = command_find(cli->arguments.items[0])))
            return help_unknown(cli, cli->arguments.items[0]);
    }
    if (!text) text = help_command_text(cli->arena, subject);
    return show_text(text, &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
}
