#include <string.h>

#include "app/exit_code.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/show.h"

static const struct {
    const char *name;
    const char *(*write)(struct arena *arena);
} shells[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};

int cmd_completion(struct cli *cli) {
    const char *shell = cli->arguments.items[0];
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(shells[i].name, shell) == 0)
            return show_text(shells[i].write(cli->arena), &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
    diag_error(&cli->diags, CLI_VALUE, NO_PLACE, "write bash, zsh or fish",
               "no completion for `%s`", text_inert(cli->arena, shell));
    return EXIT_CONFIG;
}
