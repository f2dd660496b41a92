#include "app/exit_code.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/show.h"

int cmd_version(struct cli *cli) {
    struct text out = text_begin(cli->arena);
    text_add(&out, "perfbudget " PERFBUDGET_VERSION "\n");
    text_add_format(&out, "budget file version 1, report perfbudget.report/1, probe interface %u\n",
                    PROBE_ABI);
    const struct library_version *libraries = builtin_libraries(cli->arena);
    for (const struct library_version *library = libraries; library->name; library++)
        text_add_format(&out, "%s%s %s", library == libraries ? "" : ", ", library->name,
                        library->version);
    text_add(&out, "\n");
    return show_text(out.data, &cli->diags) ? EXIT_PASS : EXIT_INTERNAL;
}
