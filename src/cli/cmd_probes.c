#include "app/describe.h"
#include "app/exit_code.h"
#include "base/suggest.h"
#include "cli/command.h"
#include "cli/show.h"

static int probe_unknown(struct cli *cli, const char *name) {
    const char *const *names = registry_names(&cli->registry, cli->arena);
    const char *near = suggest(name, names, cli->registry.count);
    diag_error(&cli->diags, CLI_NO_SUBJECT, NO_PLACE,
               near ? text_format(cli->arena, "did you mean `%s`?", near)
                    : "see `perfbudget probes` for all of them",
               "no probe `%s`", text_inert(cli->arena, name));
    return EXIT_CONFIG;
}

int cmd_probes(struct cli *cli) {
    const struct registry *registry = &cli->registry;
    struct text out = text_begin(cli->arena);
    const char *wanted = cli->arguments.count ? cli->arguments.items[0] : NULL;
    for (size_t i = 0; i < registry->count; i++) {
        const struct probe *probe = registry->probes[i];
        if (!wanted)
            text_add_format(&out, "%-12s %s\n", probe->name, probe->summary);
        else if (text_equal(wanted, probe->name))
            text_add(&out, describe_probe(cli->arena, probe, registry->origins[i]));
    }
    if (wanted && !out.length) return probe_unknown(cli, wanted);
    if (!wanted) text_add(&out, "\nMore on one: `perfbudget probes NAME`.\n");
    return show_text(out.data, &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
}
