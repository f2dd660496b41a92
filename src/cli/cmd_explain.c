#include <unistd.h>

#include "app/exit_code.h"
#include "app/explain.h"
#include "base/suggest.h"
#include "cli/command.h"
#include "cli/request.h"
#include "cli/show.h"

static bool default_files_there(void) {
    return access("perfbudget.yaml", F_OK) == 0 || access("budgets", F_OK) == 0;
}

/* The budget of that id in --budget or the default files. Mistakes there only matter when nothing
 * else is found. */
static void explain_id(struct cli *cli, struct text *out, const char *word,
                       struct diags *problems) {
    if (!cli->options.budget && !default_files_there()) return;
    struct budget_request request = cli_budget_request(cli);
    request.files = (struct probe_texts){&cli->options.budget, cli->options.budget ? 1 : 0};
    struct budget_set set;
    if (!budget_load(cli->arena, &request, &set, problems)) return;
    const struct budget *budget = budget_find(&set, word);
    if (budget) explain_budget(out, &set, budget);
}

int cmd_explain(struct cli *cli) {
    const char *word = cli->arguments.items[0];
    struct text out = text_begin(cli->arena);
    struct diags problems = diags_begin(cli->arena);
    explain_word(&out, &cli->registry, word);
    explain_id(cli, &out, word, &problems);
    if (!out.length) {
        size_t count;
        const char **words = explain_words(cli->arena, &cli->registry, &count);
        const char *near = suggest(word, words, count);
        diags_join(&cli->diags, &problems);
        diag_error(&cli->diags, CLI_NO_SUBJECT, NO_PLACE,
                   near ? text_format(cli->arena, "did you mean `%s`?", near)
                        : "name a budget's id (with --budget FILE), a key, a probe, a metric, an "
                          "option, or an error code",
                   "nothing is known about `%s`", text_inert(cli->arena, word));
        return EXIT_CONFIG;
    }
    return show_guarded(out.data, &log_guard_text, &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
}
